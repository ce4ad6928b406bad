using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Coordinator;

/// <summary>
/// Collects from the shards what a block is about to take away as a whole, so that the journal can bring it back: the storage of accounts that are
/// destroyed, as far as a block may keep it. Only blocks before Cancun, and rarely, have any.
/// </summary>
internal sealed class LostStorage(GridOptions options, ShardLayout layout, IGrainFactory grains)
{
    private const int SlotsPerMessage = 16_384;

    /// <summary>The storage before the block of all accounts that lose it, null for what is too large; null where there are none.</summary>
    /// <param name="parentNumber">The block after which that storage is.</param>
    public async Task<IReadOnlyDictionary<Address, HashedSlot[]?>?> FindAsync(BlockAccessList list, ulong parentNumber)
    {
        var losers = Losers(list);
        if (losers.Length == 0)
        {
            return null;
        }
        var lost = new Dictionary<Address, HashedSlot[]?>(losers.Length);
        var left = options.LostSlotsMax;
        foreach (var address in losers)
        {
            var slots = await ReadAsync(address, parentNumber, left);
            left -= slots?.Length ?? 0;
            lost.Add(address, slots);
        }
        return lost;
    }

    private static Address[] Losers(BlockAccessList list)
    {
        var losers = new List<Address>();
        foreach (ref readonly var account in list.Accounts)
        {
            if (BlockAccessList.LosesStorage(in account))
            {
                losers.Add(account.Address);
            }
        }
        return [.. losers];
    }

    /// <summary>All storage of an account; null where it is more than the limit.</summary>
    /// <exception cref="BlockAbortedException">The shard isn't where the coordinator is.</exception>
    private async Task<HashedSlot[]?> ReadAsync(Address address, ulong number, int slotsMax)
    {
        var shard = layout.ShardOf(in address);
        var grain = grains.GetGrain<IStateShardGrain>(shard);
        var slots = new List<HashedSlot>();
        var from = Hash256.Zero;
        while (true)
        {
            var page = await grain.ReadStorage(new StorageQuery(number, address, from, SlotsPerMessage))
                ?? throw new BlockAbortedException(shard, ShardOutcome.UnknownParent);
            if (slots.Count + page.Keys.Length > slotsMax)
            {
                return null;
            }
            for (var i = 0; i < page.Keys.Length; i++)
            {
                slots.Add(new HashedSlot(page.Keys[i], page.Values[i]));
            }
            if (page.Keys.Length < SlotsPerMessage)
            {
                return [.. slots];
            }
            from = Hash256.FromWord(page.Keys[^1].ToWord() + 1);
        }
    }
}
