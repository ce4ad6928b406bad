using Grid.Grains.Messages;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Shards;

/// <summary>What others ask a shard while it may be in a turn: answered from published views, which are immutable.</summary>
public sealed partial class StateShardGrain
{
    private Task? _showing;

    public async Task<StateValues?> Read(StateQuery query)
    {
        if (snapshot.Head is { } head && head.Header.Hash == query.Block && head.Shards[_shard] is null)
        {
            // Another activation of this shard, which is gone now, applied that block on another silo: nobody has told this one.
            await (_showing ??= Show());
        }
        return snapshot.Find(query.Block) is { } view ? StateLookup.TryAnswer(view, query) : null;
    }

    /// <summary>Shows what store and journal have. A turn that is at work isn't disturbed: what this activation holds stays as it is until the next one.</summary>
    private async Task Show()
    {
        try
        {
            var loaded = await loader.LoadAsync(_shard, CancellationToken.None);
            snapshot.Adopt(_shard, loaded.Number, loaded.Block, loaded.Slice);
        }
        finally
        {
            _showing = null;
        }
    }

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
