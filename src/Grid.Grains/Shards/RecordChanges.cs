using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Shards;

/// <summary>From a part of an access list to what it changes in a shard.</summary>
internal static class RecordChanges
{
    /// <summary>The net changes of some accounts of the list.</summary>
    /// <param name="accounts">Places in the list's accounts.</param>
    public static AccountChange[] Of(BlockAccessList list, ReadOnlySpan<int> accounts)
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
        return [.. changes];
    }

    /// <summary>The code that the changes bring in.</summary>
    public static Bytecode[] CodesOf(IReadOnlyList<AccountChange> changes)
    {
        List<Bytecode>? codes = null;
        foreach (var change in changes)
        {
            if (change.NewCode is { } code)
            {
                (codes ??= []).Add(code);
            }
        }
        return codes is null ? [] : [.. codes];
    }
}
