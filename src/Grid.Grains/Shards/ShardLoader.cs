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
            var changes = RecordChanges.Of(parts[shard].List, parts[shard].Accounts);
            slice = slice.Apply(ToLeaves(slice, changes));
            slice.Root();
            replayed.Add(new ShardBlock(number, slice, RecordChanges.CodesOf(changes)));
        }
        return new LoadedShard(head.Number, head.Hash, slice, stored, replayed);
    }

    /// <summary>Records and storage in one step: loading has the shard to itself, so no account grain takes part.</summary>
    private LeafChange[] ToLeaves(StateShard slice, IReadOnlyList<AccountChange> changes)
    {
        slice.LoadDistant([.. changes.Select(change => KeyHashes.Of(change.Address))]);
        var leaves = new LeafChange[changes.Count];
        for (var i = 0; i < leaves.Length; i++)
        {
            var change = changes[i];
            if (change.NewCode is { } code)
            {
                codes.Add(code);
            }
            var key = KeyHashes.Of(change.Address);
            slice.TryGet(in key, out var before);
            leaves[i] = new LeafChange(key, ToLeaf(change, before?.Storage, slice.Nodes?.StorageOf(in key)));
        }
        return leaves;
    }

    private static AccountLeaf? ToLeaf(AccountChange change, MerkleTrie<SlotValue>? parent, INodeSource? nodes)
    {
        if (change.After is not { } record)
        {
            return null;
        }
        var storage = StorageChanges.Apply(parent ?? MerkleTrie<SlotValue>.Empty, change.StorageCleared, change.Slots.Span, nodes);
        var after = record with { StorageRoot = storage.RootHash() };
        return new AccountLeaf(in after, storage.Root is null ? null : storage);
    }
}
