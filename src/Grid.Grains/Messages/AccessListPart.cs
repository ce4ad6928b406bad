using System.Buffers;
using Grid.Chain;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Messages;

/// <summary>
/// Some accounts of a block's access list. Inside a silo the whole list is shared and the part is an array of places in it;
/// to another silo only the part travels, in the list's compact encoding.
/// </summary>
public sealed class AccessListPart
{
    private AccessListPart(BlockAccessList list, int[] accounts, Hash256[] keys) => (List, Accounts, Keys) = (list, accounts, keys);

    public BlockAccessList List { get; }

    /// <summary>Places in the list's accounts, ascending.</summary>
    public int[] Accounts { get; }

    /// <summary>For each of these Keccak-256 of its address.</summary>
    public Hash256[] Keys { get; }

    /// <summary>All of a list.</summary>
    public static AccessListPart Whole(BlockAccessList list)
    {
        var accounts = new int[list.Accounts.Length];
        var keys = new Hash256[accounts.Length];
        for (var i = 0; i < accounts.Length; i++)
        {
            accounts[i] = i;
        }
        FillKeys(list, keys);
        return new AccessListPart(list, accounts, keys);
    }

    /// <summary>Cuts a list into one part per shard.</summary>
    public static AccessListPart[] Split(BlockAccessList list, ShardLayout layout)
    {
        var accounts = list.Accounts;
        var counts = new int[layout.Count];
        var keys = ArrayPool<Hash256>.Shared.Rent(accounts.Length);
        FillKeys(list, keys);
        foreach (ref readonly var key in keys.AsSpan(0, accounts.Length))
        {
            counts[layout.ShardOf(in key)]++;
        }
        var parts = Array.ConvertAll(counts, count => new AccessListPart(list, new int[count], new Hash256[count]));
        Array.Clear(counts);
        for (var i = 0; i < accounts.Length; i++)
        {
            var shard = layout.ShardOf(in keys[i]);
            var next = counts[shard]++;
            (parts[shard].Accounts[next], parts[shard].Keys[next]) = (i, keys[i]);
        }
        ArrayPool<Hash256>.Shared.Return(keys);
        return parts;
    }

    private static void FillKeys(BlockAccessList list, Hash256[] keys)
    {
        var addresses = ArrayPool<Address>.Shared.Rent(list.Accounts.Length);
        for (var i = 0; i < list.Accounts.Length; i++)
        {
            addresses[i] = list.Accounts[i].Address;
        }
        KeyHashes.Of(addresses.AsSpan(0, list.Accounts.Length), keys);
        ArrayPool<Address>.Shared.Return(addresses);
    }
}
