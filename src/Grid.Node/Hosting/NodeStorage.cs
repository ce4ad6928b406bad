using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Faults;
using Grid.Storage;
using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Node.Hosting;

/// <summary>Where a node keeps its chain: in a data folder, or in memory.</summary>
public sealed class NodeStorage : IDisposable
{
    private readonly RocksDbFolder? _folder;

    private NodeStorage(RocksDbFolder? folder, IFaultPoints? faults)
    {
        _folder = folder;
        (Journal, Store) = folder is null ? ((IJournal)new MemoryJournal(), (IStateStore)new MemoryStateStore()) : (folder.Journal, folder.Store);
        if (faults is not null)
        {
            (Journal, Store) = (new JournalWithFaults(Journal, faults), new StateStoreWithFaults(Store, faults));
        }
    }

    public IJournal Journal { get; }

    public IStateStore Store { get; }

    /// <param name="folder">Null for memory.</param>
    /// <param name="faults">What is told of each durable write; null for nobody.</param>
    /// <exception cref="StorageException">The folder can't be used.</exception>
    public static NodeStorage Open(string? folder, IFaultPoints? faults = null) => new(folder is null ? null : RocksDbFolder.Open(folder), faults);

    /// <summary>
    /// The development chain's genesis: it begins when the chain is made, so a node that is started again takes the time from the
    /// chain that it finds.
    /// </summary>
    public async Task<Genesis> DevelopmentGenesisAsync(TimeProvider time, CancellationToken cancellation)
    {
        var timestamp = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        if (await Journal.ReadBlockAsync(0, cancellation) is { } first)
        {
            timestamp = Block.TryDecode(first.Block.Span, out var block, out var error)
                ? block.Header.Timestamp
                : throw new StorageException(StorageError.Corrupt, $"the genesis block can't be decoded: {error}");
        }
        return DevelopmentAccounts.Genesis(timestamp);
    }

    public void Dispose() => _folder?.Dispose();
}
