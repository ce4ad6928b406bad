using Grid.Chain;
using Grid.Execution.Import;
using Grid.State;

namespace Grid.Execution;

/// <summary>Whether a block's access list is exact: what others rely on who execute, prefetch or apply by it.</summary>
public static class AccessListProof
{
    /// <summary>
    /// Executes an imported block again with nothing of the state but what its access list has. The list is exact where nothing is missing and
    /// the same receipts and the same list come out; that its values after make the block's state root was a condition of the import.
    /// What the block took away as a whole, which only who keeps the chain can tell, isn't looked at.
    /// </summary>
    /// <param name="parent">The state before the block.</param>
    public static bool IsExact(TreeBlock imported, WorldTrie parent)
    {
        if (imported.Outcome is not { } first)
        {
            return true;
        }
        var reader = new AccessListReader(first.AccessList, parent);
        var executor = new SequentialExecutor(
            first.Environment, ExecutionMode.Import, imported.Block.Transactions, reader, imported.Block.Ommers, world => parent.Apply(world.CollectChanges()).Root);
        return executor.Run() == ExecutionStatus.Complete
            && executor.Result is { } second
            && BlockRoots.OfReceipts(second.Receipts) == BlockRoots.OfReceipts(first.Receipts)
            && second.AccessList.Encode().AsSpan().SequenceEqual(first.AccessList.WithoutLostStorage().Encode());
    }

    /// <summary>
    /// Whether an account was in the state before the block although it is empty: no list says when such an account goes (EIP-161), so that nobody can execute by it.
    /// </summary>
    /// <param name="list">With the values before the block.</param>
    public static bool HasEmptyAccounts(BlockAccessList list)
    {
        foreach (ref readonly var account in list.Accounts)
        {
            if (account.ExistedBefore && list.IsEmptyAt(in account, 0))
            {
                return true;
            }
        }
        return false;
    }
}
