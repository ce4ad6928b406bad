using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Shards;

/// <summary>What others ask a shard while it may be in a turn: answered from published views, which are immutable.</summary>
public sealed partial class StateShardGrain
{
    public Task<SliceProofs?> Prove(ProofQuery query) => prover.ProveAsync(query);

    public Task<StoragePage?> ReadStorage(StorageQuery query)
    {
        if (snapshot.At(query.Number)?.Shards[_shard] is not { } slice)
        {
            return Task.FromResult<StoragePage?>(null);
        }
        var storage = slice.StorageOf(KeyHashes.Of(query.Address), out var source);
        var keys = new List<Hash256>();
        var values = new List<UInt256>();
        foreach (var slot in TrieLeaves.From(storage, query.From, source).Take(query.SlotsMax))
        {
            keys.Add(slot.Key);
            values.Add(slot.Value.Value);
        }
        return Task.FromResult<StoragePage?>(new StoragePage([.. keys], [.. values]));
    }
}
