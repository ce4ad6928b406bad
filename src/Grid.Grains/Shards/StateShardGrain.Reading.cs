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
        if (snapshot.At(query.Number)?.Shards[_shard] is not { } slice || !slice.TryGet(KeyHashes.Of(query.Address), out var leaf))
        {
            return Task.FromResult<StoragePage?>(null);
        }
        if (leaf is not { Record.HasStorage: true } account)
        {
            return Task.FromResult<StoragePage?>(new StoragePage([], []));
        }
        var storage = account.Storage ?? throw new MissingNodeException(TriePath.Root, account.Record.StorageRoot);
        var keys = new List<Hash256>();
        var values = new List<UInt256>();
        foreach (var slot in TrieLeaves.From(storage, query.From).Take(query.SlotsMax))
        {
            keys.Add(slot.Key);
            values.Add(slot.Value.Value);
        }
        return Task.FromResult<StoragePage?>(new StoragePage([.. keys], [.. values]));
    }
}
