using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>
/// Goes through what several parts of a block did to the same account or slot, in block order, and compares each value that was read with what
/// the last writer before it left.
/// </summary>
internal sealed class PartConflicts(PartRecord[] parts) : IPartConflicts
{
    private readonly List<(uint Index, int Part, int Touch)> _order = [];

    public bool AllowAccount(ReadOnlySpan<int> places, out bool existsAfter)
    {
        var reads = AccountFields.None;
        bool isChanged = false, hasSlots = false, exists = false, isCleared = false;
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] < 0)
            {
                continue;
            }
            var list = parts[i].List;
            ref readonly var account = ref list.Accounts[places[i]];
            reads |= parts[i].Log.ReadsOf(parts[i].Numbers[places[i]]);
            isCleared |= parts[i].Log.IsCleared(parts[i].Numbers[places[i]]);
            exists |= account.ExistsAfter;
            isChanged |= account.ExistsAfter != account.ExistedBefore
                || !(list.BalanceChanges(in account).IsEmpty && list.NonceChanges(in account).IsEmpty && list.CodeChanges(in account).IsEmpty);
            hasSlots |= !list.Slots(in account).IsEmpty;
        }
        existsAfter = exists;
        // Storage that goes as a whole concerns slots that no list names: such blocks are looked at transaction by transaction.
        if (isCleared || ((reads & AccountFields.Storage) != 0 && hasSlots))
        {
            return false;
        }
        return !isChanged || reads == AccountFields.None || HoldsInOrder(places, ref existsAfter);
    }

    public bool AllowSlot(in Address address, in UInt256 key, ReadOnlySpan<bool> isIn)
    {
        _order.Clear();
        for (var i = 0; i < isIn.Length; i++)
        {
            if (isIn[i])
            {
                var log = parts[i].Log;
                for (var touch = log.LastOfSlot(parts[i].SlotNumberOf(in address, in key)); touch >= 0; touch = log.Slot(touch).Previous)
                {
                    _order.Add((log.Slot(touch).Index, i, touch));
                }
            }
        }
        _order.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        var value = FirstSeen(isIn, in address, in key);
        foreach (var (_, part, index) in _order)
        {
            ref readonly var touch = ref parts[part].Log.Slot(index);
            if (touch.Before != value)
            {
                return false;
            }
            value = touch.After;
        }
        return true;
    }

    /// <summary>The slot's value before the block: what the first touch of any part saw.</summary>
    private UInt256 FirstSeen(ReadOnlySpan<bool> isIn, in Address address, in UInt256 key)
    {
        var part = parts[isIn.IndexOf(true)];
        var touch = part.Log.LastOfSlot(part.SlotNumberOf(in address, in key));
        while (part.Log.Slot(touch).Previous >= 0)
        {
            touch = part.Log.Slot(touch).Previous;
        }
        return part.Log.Slot(touch).Before;
    }

    private bool HoldsInOrder(ReadOnlySpan<int> places, ref bool existsAfter)
    {
        _order.Clear();
        var state = default(AccountState);
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] < 0)
            {
                continue;
            }
            ref readonly var account = ref parts[i].List.Accounts[places[i]];
            state = new AccountState(
                account.ExistedBefore, account.NonceBefore, account.BalanceBefore, account.ExistedBefore ? account.CodeHashBefore : Keccak256.OfEmpty,
                account.ExistedBefore && account.StorageRootBefore != Keccak256.OfEmptyString);
            var log = parts[i].Log;
            for (var touch = log.LastOfAccount(parts[i].Numbers[places[i]]); touch >= 0; touch = log.Account(touch).Previous)
            {
                _order.Add((log.Account(touch).Index, i, touch));
            }
        }
        _order.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        foreach (var (_, part, index) in _order)
        {
            var log = parts[part].Log;
            if (!TouchRules.Holds(in state, in log.Account(index)))
            {
                return false;
            }
            state = TouchRules.After(in state, in log.Account(index), log.Codes);
        }
        existsAfter = state.Exists;
        return true;
    }
}
