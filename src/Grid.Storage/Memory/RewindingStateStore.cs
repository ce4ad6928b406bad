using Grid.Primitives;
using Grid.State;

namespace Grid.Storage.Memory;

/// <summary>A store in memory that can forget everything, so that a warm cluster takes another chain.</summary>
/// <remarks>Safe because the current store is one reference, replaced between chains, and the stores guard themselves.</remarks>
public sealed class RewindingStateStore : IStateStore
{
    private volatile MemoryStateStore _current = new();

    /// <summary>Forgets every account.</summary>
    public void Clear() => _current = new MemoryStateStore();

    public ValueTask<ulong?> ReadVersionAsync(int shard, CancellationToken cancellation = default) => _current.ReadVersionAsync(shard, cancellation);

    public ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default) => _current.WriteAsync(batches, cancellation);

    public IAsyncEnumerable<StoredAccount> ReadShardAsync(int shard, CancellationToken cancellation = default) => _current.ReadShardAsync(shard, cancellation);

    public ValueTask<IReadOnlyList<KeyValuePair<UInt256, UInt256>>> ReadStorageAsync(int shard, Address address, CancellationToken cancellation = default) =>
        _current.ReadStorageAsync(shard, address, cancellation);

    public ValueTask<Bytecode?> ReadCodeAsync(Hash256 codeHash, CancellationToken cancellation = default) => _current.ReadCodeAsync(codeHash, cancellation);
}
