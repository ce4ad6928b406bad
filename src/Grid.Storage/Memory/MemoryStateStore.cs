using System.Collections.Concurrent;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Storage.Memory;

/// <summary>The store in the process's memory: it keeps the slices themselves, which are immutable, so it costs what has changed since.</summary>
/// <remarks>
/// Safe because one lock guards the shards, and slices and code are immutable.
/// </remarks>
public sealed class MemoryStateStore : IStateStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TriePath, StoredShard> _shards = [];
    private readonly ConcurrentDictionary<Hash256, Bytecode> _codes = new();

    public ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_shards.GetValueOrDefault(prefix));
        }
    }

    public ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            var prefixes = new HashSet<TriePath>();
            foreach (var batch in batches)
            {
                if (!prefixes.Add(batch.Prefix) || !batch.Follows(_shards.GetValueOrDefault(batch.Prefix)?.Version))
                {
                    return ValueTask.FromResult(false);
                }
            }
            foreach (var batch in batches)
            {
                foreach (var code in batch.Codes)
                {
                    _codes.TryAdd(code.Hash, code);
                }
                _shards[batch.Prefix] = new StoredShard(batch.ToNumber, batch.After);
            }
            return ValueTask.FromResult(true);
        }
    }

    public Bytecode? ReadCode(in Hash256 codeHash) => _codes.GetValueOrDefault(codeHash);
}
