using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Storage.Memory;

/// <summary>A store in memory that can forget everything, so that a warm cluster takes another chain.</summary>
/// <remarks>Safe because the current store is one reference, replaced between chains, and the stores guard themselves.</remarks>
public sealed class RewindingStateStore : IStateStore
{
    private volatile MemoryStateStore _current = new();

    /// <summary>Forgets every account.</summary>
    public void Clear() => _current = new MemoryStateStore();

    public ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default) => _current.ReadShardAsync(prefix, cancellation);

    public ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default) => _current.WriteAsync(batches, cancellation);

    public Bytecode? ReadCode(in Hash256 codeHash) => _current.ReadCode(in codeHash);
}
