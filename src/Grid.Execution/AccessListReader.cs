using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution;

/// <summary>
/// The state before a block as far as the block's own access list tells it: what isn't in the list is a state miss. A block executed on it
/// that misses nothing, and leads to the same list, has proved the list exact.
/// </summary>
/// <param name="list">With the values before the block.</param>
/// <param name="parent">Gives code by hash, and the account that calls system contracts, which a list leaves out where it is unchanged (EIP-7928).</param>
public sealed class AccessListReader(BlockAccessList list, IStateReader parent) : IStateReader
{
    public bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        var index = list.IndexOf(in address);
        record = null;
        if (index < 0)
        {
            return address == SystemContracts.SystemAddress && parent.TryGetAccount(in address, out record);
        }
        ref readonly var account = ref list.Accounts[index];
        if (account.ExistedBefore)
        {
            record = new AccountRecord(account.NonceBefore, account.BalanceBefore, account.StorageRootBefore, account.CodeHashBefore);
        }
        return true;
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = default;
        var index = list.IndexOf(in address);
        if (index < 0)
        {
            return false;
        }
        var slots = list.Slots(in list.Accounts[index]);
        int low = 0, high = slots.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            ref readonly var candidate = ref slots[middle];
            var order = candidate.Key.CompareTo(slot);
            if (order == 0)
            {
                value = candidate.Before;
                return true;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return false;
    }

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code) => parent.TryGetCode(in address, in codeHash, out code);
}
