using Grid.Chain;
using Grid.State;

namespace Grid.Grains.Shards;

/// <summary>From a part of an access list to what it changes in a shard.</summary>
internal static class RecordChanges
{
    /// <summary>The net changes of some accounts of the list.</summary>
    /// <param name="accounts">Places in the list's accounts.</param>
    public static IReadOnlyList<AccountChange> Of(BlockAccessList list, ReadOnlySpan<int> accounts)
    {
        var changes = new List<AccountChange>(accounts.Length);
        foreach (var index in accounts)
        {
            ref readonly var account = ref list.Accounts[index];
            if (list.IsChanged(in account))
            {
                changes.Add(list.ToAccountChange(in account));
            }
        }
        return changes;
    }

    /// <summary>The changes with the storage roots that applying their slots has computed: what the store keeps.</summary>
    /// <param name="leaves">In the order of the changes.</param>
    public static IReadOnlyList<AccountChange> WithStorageRoots(IReadOnlyList<AccountChange> changes, LeafChange[] leaves)
    {
        var complete = new AccountChange[leaves.Length];
        for (var i = 0; i < complete.Length; i++)
        {
            complete[i] = changes[i] with { After = leaves[i].Leaf?.Record };
        }
        return complete;
    }
}
