using Grid.Primitives;
using Grid.State.Trie;
using Grid.Storage;

namespace Grid.Grains.Load;

/// <summary>A store whose writes are measured, and whose failures to write and to load shards are counted.</summary>
public sealed class MeteredStateStore(IStateStore store, StorageMeter meter) : IStateStore
{
    public ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default) =>
        meter.ReadAsync(StorageOperation.Read, store.ReadShardAsync(prefix, cancellation));

    public ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default) =>
        meter.WriteAsync(StorageOperation.Store, store.WriteAsync(batches, cancellation));

    public Bytecode? ReadCode(in Hash256 codeHash) => store.ReadCode(in codeHash);
}
