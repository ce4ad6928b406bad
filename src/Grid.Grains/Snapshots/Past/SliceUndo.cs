using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// Makes earlier slices of later ones: what blocks changed is put back as it was before the first of them. Blocks are added in their order; of each account
/// and slot only the first change counts, so that many blocks take no more than what they changed.
/// </summary>
/// <remarks>Used by one caller at a time.</remarks>
internal sealed class SliceUndo(ShardLayout layout)
{
    private readonly Dictionary<Address, Account> _accounts = [];
    private int _slots;

    /// <summary>Accounts and slots that are put back.</summary>
    public int Changes => _accounts.Count + _slots;

    /// <param name="slices">By shard, after the last of the blocks; null for a shard that isn't here.</param>
    /// <param name="undos">What the blocks changed, ascending.</param>
    /// <exception cref="MissingNodeException">A node was needed that isn't at hand.</exception>
    /// <exception cref="SliceUndoException">An account's storage before doesn't come out.</exception>
    public static StateShard?[] Apply(StateShard?[] slices, BlockUndo[] undos, ShardLayout layout)
    {
        var undo = new SliceUndo(layout);
        undo.Add(undos, slices);
        return undo.Apply(slices);
    }

    /// <summary>Adds what the next blocks changed.</summary>
    /// <param name="undos">Ascending.</param>
    /// <param name="here">By shard; accounts of shards that are null aren't put back.</param>
    public void Add(BlockUndo[] undos, ReadOnlySpan<StateShard?> here)
    {
        foreach (var undo in undos)
        {
            var addresses = undo.Addresses;
            for (var i = 0; i < addresses.Length; i++)
            {
                if (here[layout.ShardOf(in addresses[i])] is not null)
                {
                    undo.GetAt(i, out var before, out var slots, out var values, out var lost);
                    Add(in addresses[i], before, slots, values, lost);
                }
            }
        }
    }

    /// <inheritdoc cref="Apply(StateShard?[], BlockUndo[], ShardLayout)"/>
    public StateShard?[] Apply(StateShard?[] slices)
    {
        foreach (var keys in _accounts.Keys.Select(address => KeyHashes.Of(in address)).GroupBy(key => layout.ShardOf(in key)))
        {
            slices[keys.Key]?.LoadDistant([.. keys]);
        }
        var changes = new List<LeafChange>[slices.Length];
        foreach (var (address, account) in _accounts)
        {
            var key = KeyHashes.Of(in address);
            var shard = layout.ShardOf(in key);
            if (slices[shard] is { } slice)
            {
                (changes[shard] ??= []).Add(new LeafChange(key, ToLeaf(slice, in address, in key, account)));
            }
        }
        var before = new StateShard?[slices.Length];
        for (var i = 0; i < before.Length; i++)
        {
            before[i] = changes[i] is { } changed ? slices[i]!.Apply(changed.ToArray()) : slices[i];
            before[i]?.Root();
        }
        return before;
    }

    /// <summary>Of the account and its slots what the first block that changed it says.</summary>
    private void Add(in Address address, AccountRecord? before, ReadOnlySpan<UInt256> slots, ReadOnlySpan<UInt256> values, HashedSlot[]? lost)
    {
        if (!_accounts.TryGetValue(address, out var account))
        {
            _accounts.Add(address, account = new Account(before));
        }
        if (account.Lost is not null)
        {
            // What later blocks put into the storage was not there before it was lost.
            return;
        }
        for (var k = 0; k < slots.Length; k++)
        {
            _slots += account.Slots.TryAdd(slots[k], values[k]) ? 1 : 0;
        }
        _slots += lost?.Length ?? 0;
        account.Lost = lost;
    }

    private static AccountLeaf? ToLeaf(StateShard slice, in Address address, in Hash256 key, Account account)
    {
        if (account.Before is not { } record)
        {
            return null;
        }
        if (account.Lost is null && account.Slots.Count == 0)
        {
            return AccountLeaf.KeepingStorage(in record);
        }
        var slots = account.Slots.Select(slot => new SlotChange(slot.Key, default, slot.Value)).ToArray();
        var below = StorageBelow(slice, in key, account.Lost, out var source);
        var storage = StorageChanges.Apply(below, cleared: false, slots, source);
        var root = storage.RootHash();
        return root == record.StorageRoot
            ? new AccountLeaf(in record, storage.Root is null ? null : storage)
            : throw new SliceUndoException(address, record.StorageRoot, root);
    }

    /// <summary>The storage that the slots before are put into.</summary>
    private static MerkleTrie<SlotValue> StorageBelow(StateShard slice, in Hash256 key, HashedSlot[]? lost, out INodeSource? source)
    {
        source = null;
        return lost is null
            ? slice.StorageOf(in key, out source)
            : MerkleTrie<SlotValue>.Empty.Update([.. lost.Select(slot => new TrieChange<SlotValue>(slot.Key, new SlotValue(slot.Value)))]);
    }

    private sealed class Account(AccountRecord? before)
    {
        public AccountRecord? Before { get; } = before;

        public Dictionary<UInt256, UInt256> Slots { get; } = [];

        /// <summary>All storage as it was when it was lost.</summary>
        public HashedSlot[]? Lost { get; set; }
    }
}

/// <summary>Values before that don't make the storage root before: the journal isn't what was written.</summary>
public sealed class SliceUndoException(Address address, Hash256 expected, Hash256 actual)
    : Exception($"The storage of {address} before has the root {actual}, not {expected}. The journal's values before are wrong: restore a backup, or import the chain again.")
{
    public Address Address { get; } = address;

    public Hash256 Expected { get; } = expected;

    public Hash256 Actual { get; } = actual;
}
