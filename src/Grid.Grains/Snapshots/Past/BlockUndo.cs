using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// What a block changed, as it was before: of its access list as much as going back needs. Immutable; flat arrays in the order of addresses, and of
/// an account's slots.
/// </summary>
public sealed class BlockUndo
{
    private readonly Address[] _addresses;
    private readonly Account[] _accounts;
    private readonly UInt256[] _slots;
    private readonly UInt256[] _values;

    private BlockUndo(ulong number, Address[] addresses, Account[] accounts, UInt256[] slots, UInt256[] values)
    {
        (Number, _addresses, _accounts, _slots, _values) = (number, addresses, accounts, slots, values);
        IsComplete = !Array.Exists(accounts, account => account.LostStorage && account.Lost is null);
        SizeBytes = 256 + (addresses.Length * 164L) + (slots.Length * 64L) + accounts.Sum(account => 64L * (account.Lost?.Length ?? 0));
    }

    /// <param name="LostStorage">Whether all storage from before is gone; then <paramref name="Lost"/> is all of it, and no slots are named.</param>
    private readonly record struct Account(AccountRecord? Before, int FirstSlot, int Slots, bool LostStorage, HashedSlot[]? Lost);

    public ulong Number { get; }

    /// <summary>Whether everything is there: storage that was lost as a whole may have been too large to be kept.</summary>
    public bool IsComplete { get; }

    /// <summary>What it takes in memory, about.</summary>
    public long SizeBytes { get; }

    /// <summary>The accounts that the block changed, in their order.</summary>
    public ReadOnlySpan<Address> Addresses => _addresses;

    public static BlockUndo Of(ulong number, BlockAccessList list)
    {
        var addresses = new List<Address>();
        var accounts = new List<Account>();
        var slots = new List<UInt256>();
        var values = new List<UInt256>();
        foreach (ref readonly var account in list.Accounts)
        {
            if (!list.IsChanged(in account))
            {
                continue;
            }
            var first = slots.Count;
            var isLost = BlockAccessList.LosesStorage(in account);
            foreach (ref readonly var slot in list.Slots(in account))
            {
                // After storage was lost, a value before is what the slot had then, not before the block.
                if (!isLost && !slot.IsRead)
                {
                    slots.Add(slot.Key);
                    values.Add(slot.Before);
                }
            }
            addresses.Add(account.Address);
            accounts.Add(new Account(
                account.ExistedBefore ? new AccountRecord(account.NonceBefore, account.BalanceBefore, account.StorageRootBefore, account.CodeHashBefore) : null,
                first, slots.Count - first, isLost, isLost ? list.LostStorageOf(account.Address) : null));
        }
        return new BlockUndo(number, [.. addresses], [.. accounts], [.. slots], [.. values]);
    }

    /// <summary>Whether the block changed the account, and its record before.</summary>
    public bool TryGetAccount(in Address address, out AccountRecord? before)
    {
        var index = Array.BinarySearch(_addresses, address);
        before = index >= 0 ? _accounts[index].Before : null;
        return index >= 0;
    }

    /// <summary>Whether the block changed the slot, and its value before.</summary>
    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 before)
    {
        before = default;
        var index = Array.BinarySearch(_addresses, address);
        if (index < 0)
        {
            return false;
        }
        ref readonly var account = ref _accounts[index];
        if (account.LostStorage)
        {
            before = ValueOf(account.Lost!, KeyHashes.Of(in slot));
            return true;
        }
        var at = Array.BinarySearch(_slots, account.FirstSlot, account.Slots, slot);
        before = at >= 0 ? _values[at] : default;
        return at >= 0;
    }

    /// <summary>The account at a place of <see cref="Addresses"/>.</summary>
    /// <param name="lost">All storage before; null where the account kept its storage but for the slots.</param>
    public void GetAt(int index, out AccountRecord? before, out ReadOnlySpan<UInt256> slots, out ReadOnlySpan<UInt256> values, out HashedSlot[]? lost)
    {
        ref readonly var account = ref _accounts[index];
        (before, lost) = (account.Before, account.Lost);
        slots = _slots.AsSpan(account.FirstSlot, account.Slots);
        values = _values.AsSpan(account.FirstSlot, account.Slots);
    }

    /// <summary>Trie keys are in order.</summary>
    private static UInt256 ValueOf(HashedSlot[] slots, in Hash256 key)
    {
        int low = 0, high = slots.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = slots[middle].Key.CompareTo(key);
            if (order == 0)
            {
                return slots[middle].Value;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return UInt256.Zero;
    }
}
