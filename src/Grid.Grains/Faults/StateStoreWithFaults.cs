using Grid.Primitives;
using Grid.Storage;

namespace Grid.Grains.Faults;

/// <summary>A store whose durable writes can be interrupted before and after they are made.</summary>
public sealed class StateStoreWithFaults(IStateStore store, IFaultPoints faults) : IStateStore
{
    public ValueTask<ulong?> ReadVersionAsync(int shard, CancellationToken cancellation = default) => store.ReadVersionAsync(shard, cancellation);

    public async ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default)
    {
        var number = batches.Count > 0 ? batches[0].ToNumber : 0;
        await faults.ReachAsync(FaultPoint.StoreWriting, number);
        var isWritten = await store.WriteAsync(batches, cancellation);
        await faults.ReachAsync(FaultPoint.StoreWritten, number);
        return isWritten;
    }

    public IAsyncEnumerable<StoredAccount> ReadShardAsync(int shard, CancellationToken cancellation = default) => store.ReadShardAsync(shard, cancellation);

    public ValueTask<IReadOnlyList<KeyValuePair<UInt256, UInt256>>> ReadStorageAsync(int shard, Address address, CancellationToken cancellation = default) =>
        store.ReadStorageAsync(shard, address, cancellation);

    public ValueTask<Bytecode?> ReadCodeAsync(Hash256 codeHash, CancellationToken cancellation = default) => store.ReadCodeAsync(codeHash, cancellation);
}
