using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>
/// A block's list that came in EIP-7928's form, while what that form lacks is filled in: what everything was before the block, and what became of
/// storage as a whole. For forks with EIP-161.
/// </summary>
/// <remarks>Safe for several threads as long as each has accounts of its own: an account's entry and its slots' are written by one, and read by others later.</remarks>
public sealed class AccessListCompletion
{
    private readonly AccessListAccount[] _accounts;
    private readonly AccessListSlot[] _slots;

    public AccessListCompletion(BlockAccessList list)
    {
        _accounts = list.Accounts.ToArray();
        _slots = list.SlotItems.AsSpan(0, list.SlotCount).ToArray();
        List = new BlockAccessList(_accounts, _slots, list.StorageChangeItems, list.BalanceItems, list.NonceItems, list.CodeItems);
    }

    /// <summary>The list as far as it is filled in. Whole once all accounts are loaded and nothing more is set.</summary>
    public BlockAccessList List { get; }

    /// <summary>Fills in what an account and its slots were before the block. May be tried again.</summary>
    /// <param name="account">Its place.</param>
    /// <param name="misses">Receives what isn't at hand.</param>
    public bool TryLoad(int account, IStateReader parent, HashSet<StateMiss> misses)
    {
        ref var entry = ref _accounts[account];
        var slots = _slots.AsSpan(entry.Slots.Start, entry.Slots.Count);
        if (!parent.TryGetAccount(entry.Address, out var record))
        {
            misses.Add(new StateMiss(MissKind.Account, entry.Address, default, default));
            // Whether it has storage isn't known either: asking for all saves a round.
            AddMisses(in entry, slots, misses);
            return false;
        }
        if (record is { } before)
        {
            entry = entry with
            {
                ExistedBefore = true, NonceBefore = before.Nonce, BalanceBefore = before.Balance, CodeHashBefore = before.CodeHash, StorageRootBefore = before.StorageRoot,
            };
        }
        entry = entry with { ExistsAfter = !List.IsEmptyAt(in entry, uint.MaxValue) };
        return record is not { HasStorage: true } || TryLoadSlots(in entry, slots, parent, misses);
    }

    private static bool TryLoadSlots(in AccessListAccount entry, Span<AccessListSlot> slots, IStateReader parent, HashSet<StateMiss> misses)
    {
        foreach (ref var slot in slots)
        {
            if (!parent.TryGetStorage(entry.Address, slot.Key, out var value))
            {
                AddMisses(in entry, slots, misses);
                return false;
            }
            slot = slot with { Before = value };
        }
        return true;
    }

    private static void AddMisses(in AccessListAccount entry, ReadOnlySpan<AccessListSlot> slots, HashSet<StateMiss> misses)
    {
        foreach (ref readonly var slot in slots)
        {
            misses.Add(new StateMiss(MissKind.Storage, entry.Address, slot.Key, default));
        }
    }

    /// <summary>Says when the account's storage was cleared last; of one without storage before the block nothing was.</summary>
    public void SetCleared(int account, uint index)
    {
        ref var entry = ref _accounts[account];
        if (entry.ExistedBefore && entry.StorageRootBefore != Keccak256.OfEmptyString && (!entry.IsStorageCleared || index > entry.StorageClearedAt))
        {
            entry = entry with { StorageClearedAt = index };
        }
    }

    /// <summary>Says that a slot was gone before anybody looked at it: what it was before the block isn't known to the block's execution.</summary>
    /// <param name="slot">By its number (<see cref="BlockAccessList.FirstSlotOf"/>).</param>
    public void SetUnread(int slot) => _slots[slot] = _slots[slot] with { Before = default };
}
