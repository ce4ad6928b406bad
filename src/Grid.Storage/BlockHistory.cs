using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Storage;

/// <summary>An account that a block changed, as it was before.</summary>
public readonly record struct AccountEntry(Address Address, AccountRecord? Before);

/// <summary>A slot that a block changed, by its trie key, as it was before.</summary>
/// <param name="Key">Keccak-256 of the slot: all that is known of slots that were lost with their account.</param>
public readonly record struct SlotEntry(Address Address, Hash256 Key, UInt256 Before);

/// <summary>What one block adds to a history of values before. Immutable.</summary>
/// <param name="IsComplete">Whether it is all: storage that was lost as a whole may have been too large to be kept. History then begins with this block.</param>
public sealed record BlockHistory(ulong Number, IReadOnlyList<AccountEntry> Accounts, IReadOnlyList<SlotEntry> Slots, bool IsComplete)
{
    /// <exception cref="AccessListFormatException">The block's access list can't be read.</exception>
    public static BlockHistory Of(JournalBlock block)
    {
        var list = BlockAccessList.Decode(block.AccessList.Span);
        var accounts = new List<AccountEntry>();
        var slots = new List<SlotEntry>();
        var isComplete = true;
        foreach (ref readonly var account in list.Accounts)
        {
            if (!list.IsChanged(in account))
            {
                continue;
            }
            accounts.Add(new AccountEntry(
                account.Address,
                account.ExistedBefore ? new AccountRecord(account.NonceBefore, account.BalanceBefore, account.StorageRootBefore, account.CodeHashBefore) : null));
            if (BlockAccessList.LosesStorage(in account))
            {
                isComplete &= AddLost(list, in account, slots);
            }
            else
            {
                AddChanged(list, in account, slots);
            }
        }
        return new BlockHistory(block.Number, accounts, slots, isComplete);
    }

    private static void AddChanged(BlockAccessList list, in AccessListAccount account, List<SlotEntry> slots)
    {
        foreach (ref readonly var slot in list.Slots(in account))
        {
            if (!slot.IsRead)
            {
                slots.Add(new SlotEntry(account.Address, KeyHashes.Of(slot.Key), slot.Before));
            }
        }
    }

    /// <summary>All that was lost, and what came into the storage in the same block, which wasn't there before; false where what was lost isn't known.</summary>
    private static bool AddLost(BlockAccessList list, in AccessListAccount account, List<SlotEntry> slots)
    {
        if (list.LostStorageOf(account.Address) is not { } lost)
        {
            return false;
        }
        var keys = new HashSet<Hash256>(lost.Length);
        foreach (var slot in lost)
        {
            keys.Add(slot.Key);
            slots.Add(new SlotEntry(account.Address, slot.Key, slot.Value));
        }
        foreach (ref readonly var slot in list.Slots(in account))
        {
            var key = KeyHashes.Of(slot.Key);
            if (!slot.IsRead && !keys.Contains(key))
            {
                slots.Add(new SlotEntry(account.Address, key, UInt256.Zero));
            }
        }
        return true;
    }
}
