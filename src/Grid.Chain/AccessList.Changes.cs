using System.Runtime.InteropServices;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>What the list says about the state after the block, in the form that tries take.</summary>
public sealed partial class BlockAccessList
{
    /// <summary>The net change of each account that isn't after the block what it was before; in the order of the addresses.</summary>
    /// <param name="parallelism">How many threads may work at once.</param>
    public AccountChange[] ToAccountChanges(int parallelism = 1)
    {
        var changes = new AccountChange[_accountCount];
        WorkRanges.Run(changes.Length, parallelism, AccountsPerRange, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                if (IsChanged(in _accounts[i]))
                {
                    changes[i] = ToAccountChange(in _accounts[i]);
                }
            }
        });
        return changes.AsSpan().Contains(null!) ? [.. changes.Where(change => change is not null)] : changes;
    }

    /// <summary>The net change of one account; its storage root after is the one before, as applying the change computes it.</summary>
    public AccountChange ToAccountChange(in AccessListAccount account)
    {
        AccountRecord? before = account.ExistedBefore
            ? new AccountRecord(account.NonceBefore, account.BalanceBefore, account.StorageRootBefore, account.CodeHashBefore)
            : null;
        var code = CodeSet(in account);
        AccountRecord? after = account.ExistsAfter ? RecordAfter(in account, code) : null;
        var newCode = account.ExistsAfter && code is { Length: > 0 } && code.Hash != account.CodeHashBefore ? code : null;
        return new AccountChange(account.Address, before, after, account.IsStorageCleared, ChangedSlots(in account), newCode);
    }

    /// <summary>Whether balance and nonce are all that the block can have changed, and left the account in the state: most accounts of most blocks.</summary>
    /// <param name="after">The record after the block; its storage root is the one before.</param>
    public bool TryGetPlainRecord(in AccessListAccount account, out AccountRecord after)
    {
        var isPlain = account.Slots.Count == 0 && account.Codes.Count == 0 && account.ExistsAfter && !account.IsStorageCleared;
        after = isPlain ? RecordAfter(in account, code: null) : default;
        return isPlain;
    }

    private AccountRecord RecordAfter(in AccessListAccount account, Bytecode? code) => new(
        NonceAfter(in account),
        BalanceAfter(in account),
        account.ExistedBefore ? account.StorageRootBefore : Keccak256.OfEmptyString,
        code?.Hash ?? (account.ExistedBefore ? account.CodeHashBefore : Keccak256.OfEmpty));

    private ReadOnlyMemory<SlotChange> ChangedSlots(in AccessListAccount account)
    {
        var slots = Slots(in account);
        var count = 0;
        foreach (ref readonly var slot in slots)
        {
            count += IsNetChange(in account, in slot) ? 1 : 0;
        }
        if (count == 0)
        {
            return default;
        }
        var changes = new SlotChange[count];
        count = 0;
        foreach (ref readonly var slot in slots)
        {
            if (IsNetChange(in account, in slot))
            {
                changes[count++] = new SlotChange(slot.Key, slot.Before, ValueAfter(in slot));
            }
        }
        return changes;
    }

    /// <summary>After a clear nothing is left of the storage before, so each value that isn't zero is a change.</summary>
    private bool IsNetChange(in AccessListAccount account, in AccessListSlot slot) =>
        account.IsStorageCleared ? !ValueAfter(in slot).IsZero : !slot.IsRead && ValueAfter(in slot) != slot.Before;
}
