using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Overlay;

namespace Grid.State;

public partial class JournaledOverlay
{
    /// <summary>How many accounts the transaction at hand, or the last one, accessed.</summary>
    public int AccessedAccountCount => _accessedAccountCount;

    /// <summary>How many slots the transaction at hand, or the last one, accessed.</summary>
    public int AccessedSlotCount => _accessedSlotCount;

    /// <summary>The accounts accessed, in the order of the first access.</summary>
    public AccountAccess AccessedAccount(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)_accessedAccountCount, nameof(position));
        return new AccountAccess(_accounts, _accessedAccounts[position]);
    }

    /// <summary>The slots accessed, in the order of the first access.</summary>
    public SlotAccess AccessedSlot(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)_accessedSlotCount, nameof(position));
        return new SlotAccess(_accounts, _slots, _accessedSlots[position]);
    }

    /// <summary>The number of a slot that was accessed since the reset, as <see cref="SlotAccess.Index"/>; negative for any other.</summary>
    public int SlotNumberOf(in Address address, in UInt256 slot)
    {
        var account = _accounts.Find(in address);
        return account < 0 ? -1 : _slots.Find(account, in slot);
    }

    /// <summary>What all transactions that have ended changed against the state below, in no particular order.</summary>
    public List<AccountChange> CollectChanges()
    {
        var changes = new List<AccountChange>();
        for (var i = 0; i < _accounts.Count; i++)
        {
            if ((_accounts.Entries[i].Flags & AccountFlags.Written) != 0 && ChangeOf(i) is { } change)
            {
                changes.Add(change);
            }
        }
        return changes;
    }

    /// <summary>Null where the account is again what it was.</summary>
    private AccountChange? ChangeOf(int index)
    {
        ref readonly var account = ref _accounts.Entries[index];
        ref readonly var origin = ref _accounts.Origins[index];
        AccountRecord? before = origin.BaseExists ? origin.Base : null;
        var isCleared = account.StorageGeneration != 0 && origin.Base.HasStorage;
        var slots = account.Exists ? ChangedSlots(in account, isCleared) : [];
        AccountRecord? after = account.Exists
            ? new AccountRecord(account.Nonce, account.Balance, isCleared ? Keccak256.OfEmptyString : origin.Base.StorageRoot, account.CodeHash)
            : null;
        if (slots.Length == 0 && !isCleared && before == after)
        {
            return null;
        }
        var newCode = account.Exists && account.CodeHash != origin.Base.CodeHash ? account.Code : null;
        return new AccountChange(account.Address, before, after, isCleared, slots, newCode);
    }

    private SlotChange[] ChangedSlots(in AccountEntry account, bool isCleared)
    {
        var count = 0;
        for (var at = account.FirstSlot; at >= 0; at = _slots.Entries[at].NextOfAccount)
        {
            if (IsChanged(in _slots.Entries[at], in account, isCleared))
            {
                count++;
            }
        }
        var slots = count == 0 ? [] : new SlotChange[count];
        for (var at = account.FirstSlot; count > 0; at = _slots.Entries[at].NextOfAccount)
        {
            ref readonly var entry = ref _slots.Entries[at];
            if (IsChanged(in entry, in account, isCleared))
            {
                slots[--count] = new SlotChange(entry.Slot, entry.Base, entry.Value);
            }
        }
        return slots;
    }

    /// <summary>After a clearing only what was set since is a change; otherwise what differs from the base.</summary>
    private static bool IsChanged(in SlotEntry entry, in AccountEntry account, bool isCleared) => isCleared
        ? entry.Generation == account.StorageGeneration && !entry.Value.IsZero
        : entry.Generation == account.StorageGeneration && entry.Value != entry.Base;
}
