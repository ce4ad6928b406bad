using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>What the list says of the state between two of its block access indices, from the values before the block and the changes since.</summary>
public sealed partial class BlockAccessList
{
    /// <summary>The number of an account's first slot, which are numbered through all accounts.</summary>
    public static int FirstSlotOf(in AccessListAccount account) => account.Slots.Start;

    /// <summary>The balance in wei before the transaction with this index.</summary>
    public UInt256 BalanceAt(in AccessListAccount account, uint index)
    {
        var changes = BalanceChanges(in account);
        var count = CountBefore(changes, index);
        return count == 0 ? account.BalanceBefore : changes[count - 1].Value;
    }

    /// <summary>The nonce before the transaction with this index.</summary>
    public ulong NonceAt(in AccessListAccount account, uint index)
    {
        var changes = NonceChanges(in account);
        var count = CountBefore(changes, index);
        return count == 0 ? account.NonceBefore : changes[count - 1].Value;
    }

    /// <summary>The hash of the code before the transaction with this index; that of no bytes where there is no account.</summary>
    public Hash256 CodeHashAt(in AccessListAccount account, uint index)
    {
        var changes = CodeChanges(in account);
        var count = CountBefore(changes, index);
        return count > 0 ? changes[count - 1].Code.Hash : account.ExistedBefore ? account.CodeHashBefore : Keccak256.OfEmpty;
    }

    /// <summary>The last change of a slot before the transaction with this index; false where there is none.</summary>
    public bool TryGetValueAt(in AccessListSlot slot, uint index, out UInt256 value)
    {
        var changes = Changes(in slot);
        var count = CountBefore(changes, index);
        value = count == 0 ? default : changes[count - 1].Value;
        return count > 0;
    }

    /// <summary>What the transaction with this index made of the balance; false where it left it as it was.</summary>
    public bool TryGetBalanceSet(in AccessListAccount account, uint index, out UInt256 value)
    {
        var found = TryFind(BalanceChanges(in account), index, out var change);
        value = change.Value;
        return found;
    }

    /// <summary>What the transaction with this index made of the nonce; false where it left it as it was.</summary>
    public bool TryGetNonceSet(in AccessListAccount account, uint index, out ulong value)
    {
        var found = TryFind(NonceChanges(in account), index, out var change);
        value = change.Value;
        return found;
    }

    /// <summary>The hash of the code that the transaction with this index set; false where it set none.</summary>
    public bool TryGetCodeSet(in AccessListAccount account, uint index, out Hash256 codeHash)
    {
        var found = TryFind(CodeChanges(in account), index, out var change);
        codeHash = found ? change.Code.Hash : default;
        return found;
    }

    /// <summary>What the transaction with this index made of the slot; false where it left it as it was.</summary>
    public bool TryGetValueSet(in AccessListSlot slot, uint index, out UInt256 value)
    {
        var found = TryFind(Changes(in slot), index, out var change);
        value = change.Value;
        return found;
    }

    /// <summary>The place of a slot among the account's; negative where it isn't there.</summary>
    public int IndexOfSlot(in AccessListAccount account, in UInt256 key)
    {
        var slots = Slots(in account);
        int low = 0, high = slots.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = slots[middle].Key.CompareTo(key);
            if (order == 0)
            {
                return middle;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return -1;
    }

    /// <summary>
    /// The indices after which the account has neither nonce nor balance nor code, by the list, and had one of them before: from EIP-161 on it
    /// isn't in the state then, and has no storage. Ascending; null for none, as nearly all accounts.
    /// </summary>
    public uint[]? RemovalsOf(in AccessListAccount account)
    {
        List<uint>? removals = null;
        foreach (ref readonly var change in BalanceChanges(in account))
        {
            AddRemoval(in account, change.Value.IsZero, change.Index, ref removals);
        }
        foreach (ref readonly var change in NonceChanges(in account))
        {
            AddRemoval(in account, change.Value == 0, change.Index, ref removals);
        }
        foreach (ref readonly var change in CodeChanges(in account))
        {
            AddRemoval(in account, change.Code.Length == 0, change.Index, ref removals);
        }
        return removals is null ? null : [.. removals.Distinct().Order()];
    }

    private void AddRemoval(in AccessListAccount account, bool isZero, uint index, ref List<uint>? removals)
    {
        if (isZero && index < uint.MaxValue && IsEmptyAt(in account, index + 1) && !IsEmptyAt(in account, index))
        {
            (removals ??= []).Add(index);
        }
    }

    /// <summary>EIP-161: before the transaction with this index.</summary>
    public bool IsEmptyAt(in AccessListAccount account, uint index) =>
        NonceAt(in account, index) == 0 && BalanceAt(in account, index).IsZero && CodeHashAt(in account, index) == Keccak256.OfEmpty;

    /// <summary>How many changes come before an index.</summary>
    private static int CountBefore<T>(ReadOnlySpan<T> changes, uint index)
        where T : struct, IIndexedChange<T>
    {
        int low = 0, high = changes.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (changes[middle].Index < index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }

    private static bool TryFind<T>(ReadOnlySpan<T> changes, uint index, out T change)
        where T : struct, IIndexedChange<T>
    {
        var at = CountBefore(changes, index);
        var found = at < changes.Length && changes[at].Index == index;
        change = found ? changes[at] : default;
        return found;
    }
}
