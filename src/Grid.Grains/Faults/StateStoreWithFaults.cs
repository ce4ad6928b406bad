using Grid.Primitives;
using Grid.State.Trie;
using Grid.Storage;

namespace Grid.Grains.Faults;

/// <summary>A store whose durable writes can be interrupted before and after they are made.</summary>
public sealed class StateStoreWithFaults(IStateStore store, IFaultPoints faults) : IStateStore
{
    public ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default) => store.ReadShardAsync(prefix, cancellation);

    public async ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default)
    {
        var number = batches.Count > 0 ? batches[0].ToNumber : 0;
        await faults.ReachAsync(FaultPoint.StoreWriting, number);
        var isWritten = await store.WriteAsync(batches, cancellation);
        await faults.ReachAsync(FaultPoint.StoreWritten, number);
        return isWritten;
    }

    public Bytecode? ReadCode(in Hash256 codeHash) => store.ReadCode(in codeHash);
}
