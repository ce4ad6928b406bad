using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage;

namespace Grid.Grains.Shards;

/// <summary>A shard as the store and the journal have it.</summary>
/// <param name="Number">The journal's head.</param>
/// <param name="StoreNumber">The store's version.</param>
/// <param name="Replayed">What the blocks between the two changed, in order.</param>
public sealed record LoadedShard(
    ulong Number, StateShard Slice, ulong StoreNumber, IReadOnlyList<(ulong Number, IReadOnlyList<AccountChange> Changes)> Replayed);

/// <summary>Recovery: the store's version, then the journal's deltas after it.</summary>
public sealed class ShardLoader(IJournal journal, IStateStore store, ShardLayout layout, CodeTable codes)
{
    /// <summary>A writer may move the store on while a shard is read; it can't do so for ever.</summary>
    private const int AttemptsMax = 100;

    /// <exception cref="StorageException">The store or the journal lacks what the head needs.</exception>
    public async Task<LoadedShard> LoadAsync(int shard, CancellationToken cancellation)
    {
        var head = await journal.ReadHeadAsync(cancellation)
            ?? throw new StorageException(StorageError.Incompatible, "the journal has no genesis block");
        var (slice, version) = await ReadStoreAsync(shard, cancellation);
        var replayed = new List<(ulong, IReadOnlyList<AccountChange>)>();
        for (var number = version + 1; number <= head.Number; number++)
        {
            var block = await journal.ReadBlockAsync(number, cancellation)
                ?? throw new StorageException(StorageError.Corrupt, $"the journal lacks block {number}, which the store at {version} needs");
            var part = AccessListPart.Split(BlockAccessList.Decode(block.AccessList.Span), layout)[shard];
            var changes = RecordChanges.Of(part.List, part.Accounts);
            var leaves = ToLeaves(slice, changes);
            slice = slice.Apply(leaves);
            replayed.Add((number, WithStorageRoots(changes, leaves)));
        }
        return new LoadedShard(head.Number, slice, version, replayed);
    }

    private async Task<(StateShard Slice, ulong Version)> ReadStoreAsync(int shard, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var before = await store.ReadVersionAsync(shard, cancellation)
                ?? throw new StorageException(StorageError.Incompatible, $"the store has no state for shard {shard}");
            var accounts = new List<AccountChange>();
            await foreach (var account in store.ReadShardAsync(shard, cancellation))
            {
                accounts.Add(await ReadAccountAsync(shard, account, cancellation));
            }
            if (await store.ReadVersionAsync(shard, cancellation) == before)
            {
                var empty = StateShard.Empty(layout.PrefixOf(shard));
                return (empty.Apply(ToLeaves(empty, accounts)), before);
            }
        }
        throw new StorageException(StorageError.Unavailable, $"shard {shard} kept changing while it was read");
    }

    private async Task<AccountChange> ReadAccountAsync(int shard, StoredAccount account, CancellationToken cancellation)
    {
        var record = account.Record;
        SlotChange[] slots = [];
        if (record.HasStorage)
        {
            slots = [.. (await store.ReadStorageAsync(shard, account.Address, cancellation)).Select(x => new SlotChange(x.Key, default, x.Value))];
        }
        if (record.HasCode)
        {
            codes.Add(await store.ReadCodeAsync(record.CodeHash, cancellation)
                ?? throw new StorageException(StorageError.Corrupt, $"the store lacks the code {record.CodeHash} of {account.Address}"));
        }
        return new AccountChange(account.Address, null, record with { StorageRoot = AccountRecord.Empty.StorageRoot }, false, slots, null);
    }

    /// <summary>Records and storage in one step: loading has the shard to itself, so no account grain takes part.</summary>
    private LeafChange[] ToLeaves(StateShard slice, IReadOnlyList<AccountChange> changes)
    {
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
            leaves[i] = new LeafChange(key, ToLeaf(change, before?.Storage));
        }
        return leaves;
    }

    private static AccountLeaf? ToLeaf(AccountChange change, MerkleTrie<SlotValue>? parent)
    {
        if (change.After is not { } record)
        {
            return null;
        }
        var storage = StorageChanges.Apply(parent ?? MerkleTrie<SlotValue>.Empty, change.StorageCleared, change.Slots.Span);
        var after = record with { StorageRoot = storage.RootHash() };
        return new AccountLeaf(in after, storage.Root is null ? null : storage);
    }

    /// <summary>The changes with the storage roots that applying their slots has computed: what the store keeps.</summary>
    /// <param name="leaves">In the order of the changes.</param>
    private static AccountChange[] WithStorageRoots(IReadOnlyList<AccountChange> changes, LeafChange[] leaves)
    {
        var complete = new AccountChange[leaves.Length];
        for (var i = 0; i < complete.Length; i++)
        {
            complete[i] = changes[i] with { After = leaves[i].Leaf?.Record };
        }
        return complete;
    }
}
