using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage;

namespace Grid.Grains.Shards;

/// <summary>A shard as the store and the journal have it.</summary>
/// <param name="Number">The journal's head.</param>
/// <param name="Block">Its hash.</param>
/// <param name="Stored">What the store has.</param>
/// <param name="Replayed">The blocks between the two, in order.</param>
public sealed record LoadedShard(ulong Number, Hash256 Block, StateShard Slice, StoredShard Stored, IReadOnlyList<ShardBlock> Replayed);

/// <summary>A shard after a committed block.</summary>
/// <param name="Slice">With its root computed.</param>
/// <param name="Codes">Code that the block brought in.</param>
public sealed record ShardBlock(ulong Number, StateShard Slice, Bytecode[] Codes);

/// <summary>Recovery: the store's version, then the journal's deltas after it.</summary>
public sealed class ShardLoader(IJournal journal, IStateStore store, ShardLayout layout, CodeTable codes, JournalParts blocks)
{
    /// <summary>A writer may move the store on while a shard is read; it can't do so for ever.</summary>
    private const int AttemptsMax = 100;

    /// <exception cref="StorageException">The store or the journal lacks what the head needs.</exception>
    public async Task<LoadedShard> LoadAsync(int shard, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryLoadAsync(shard, cancellation);
            }
            catch (MissingNodeException error)
            {
                if (attempt == AttemptsMax)
                {
                    throw new StorageException(StorageError.Corrupt, $"shard {shard} can't be brought to the journal's head: {error.Message}", error);
                }
            }
        }
    }

    private async Task<LoadedShard> TryLoadAsync(int shard, CancellationToken cancellation)
    {
        // The store first: it never has what the journal lacks, so a head that is read after it isn't before it, however long this takes.
        var stored = await store.ReadShardAsync(layout.PrefixOf(shard), cancellation)
            ?? throw new StorageException(StorageError.Incompatible, $"the store has no state for shard {shard}");
        var head = await journal.ReadHeadAsync(cancellation)
            ?? throw new StorageException(StorageError.Incompatible, "the journal has no genesis block");
        var slice = stored.Slice;
        var replayed = new List<ShardBlock>();
        for (var number = stored.Version + 1; number <= head.Number; number++)
        {
            var parts = await blocks.GetAsync(number)
                ?? throw new StorageException(StorageError.Corrupt, $"the journal lacks block {number}, which the store at {stored.Version} needs");
            using var changes = LeafChanges.Of(parts[shard]);
            ApplyStorage(slice, changes);
            slice = slice.Apply(changes.Leaves, changes.Count);
            slice.Root();
            replayed.Add(new ShardBlock(number, slice, changes.Codes));
        }
        return new LoadedShard(head.Number, head.Hash, slice, stored, replayed);
    }

    /// <summary>Loading has the shard to itself, so no account grain takes part.</summary>
    private void ApplyStorage(StateShard slice, LeafChanges changes)
    {
        var keys = new Hash256[changes.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = changes.KeyAt(i);
        }
        slice.LoadDistant(keys);
        foreach (var code in changes.Codes)
        {
            codes.Add(code);
        }
        foreach (var (place, change) in changes.Others)
        {
            if (change.After is { } record && change.ChangesStorage)
            {
                var key = changes.KeyAt(place);
                slice.TryGet(in key, out var before);
                var storage = StorageChanges.Apply(
                    before?.Storage ?? MerkleTrie<SlotValue>.Empty, change.StorageCleared, change.Slots.Span, slice.Nodes?.StorageOf(in key));
                changes.Put(place, new AccountLeaf(record with { StorageRoot = storage.RootHash() }, storage.Root is null ? null : storage));
            }
        }
    }
}
