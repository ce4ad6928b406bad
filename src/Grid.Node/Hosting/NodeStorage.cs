using Grid.Chain;
using Grid.Storage;
using Grid.Storage.Memory;
using Grid.Storage.Postgres;
using Grid.Storage.RocksDb;

namespace Grid.Node.Hosting;

/// <summary>Where a chain is kept: in a data folder, in a PostgreSQL database, or, when both are null, in memory.</summary>
public sealed record StorageLocation(string? Folder = null, PostgresOptions? Database = null)
{
    /// <summary>For people, and without any secret.</summary>
    /// <exception cref="StorageException">The connection string can't be read.</exception>
    public string Describe() => Folder ?? Database?.Describe() ?? "memory";
}

/// <summary>The journal and the store of a node.</summary>
public sealed class NodeStorage : IDisposable
{
    private readonly IDisposable? _opened;

    private NodeStorage(IJournal journal, IStateStore store, IDisposable? opened) => (Journal, Store, _opened) = (journal, store, opened);

    public IJournal Journal { get; }

    public IStateStore Store { get; }

    /// <exception cref="StorageException">The folder or the database can't be used.</exception>
    public static async Task<NodeStorage> OpenAsync(StorageLocation location, CancellationToken cancellation)
    {
        if (location.Database is { } options)
        {
            var database = await PostgresDatabase.OpenAsync(options, cancellation);
            return new NodeStorage(database.Journal, database.Store, database);
        }
        if (location.Folder is { } path)
        {
            var folder = RocksDbFolder.Open(path);
            return new NodeStorage(folder.Journal, folder.Store, folder);
        }
        return new NodeStorage(new MemoryJournal(), new MemoryStateStore(), null);
    }

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

    public void Dispose() => _opened?.Dispose();
}
