using Grid.Chain;
using Grid.Grains.Placement;
using Grid.State;

namespace Grid.Grains.Messages;

/// <summary>
/// Some accounts of a block's access list. Inside a silo the whole list is shared and the part is an array of places in it;
/// to another silo only the part travels, in the list's compact encoding.
/// </summary>
public sealed class AccessListPart(BlockAccessList list, int[] accounts)
{
    public BlockAccessList List { get; } = list;

    /// <summary>Places in the list's accounts, ascending.</summary>
    public int[] Accounts { get; } = accounts;

    /// <summary>Cuts a list into one part per shard.</summary>
    public static AccessListPart[] Split(BlockAccessList list, ShardLayout layout)
    {
        var places = new List<int>[layout.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = [];
        }
        var accounts = list.Accounts;
        for (var i = 0; i < accounts.Length; i++)
        {
            places[layout.ShardOf(KeyHashes.Of(accounts[i].Address))].Add(i);
        }
        return [.. places.Select(x => new AccessListPart(list, [.. x]))];
    }
}
