using Grid.Chain;
using Grid.Grains.Coordinator;
using Grid.Primitives;

namespace Grid.Grains.Tests.Coordinator;

public sealed class OfferMergeTests
{
    [Fact]
    public void Pools_are_merged_by_price_and_keep_their_own_order()
    {
        var merged = OfferMerge.Merge([[Of(1, 0, 3), Of(1, 1, 9)], [], [Of(2, 0, 5), Of(3, 0, 4)]], 0, 100);
        Assert.Equal([5UL, 4, 3, 9], merged.Select(x => (ulong)x.MaxPriorityFeePerGas));
    }

    [Fact]
    public void The_count_is_kept() => Assert.Equal(2, OfferMerge.Merge([[Of(1, 0, 3), Of(1, 1, 9)], [Of(2, 0, 5)]], 0, 2).Length);

    private static Transaction Of(ulong sender, ulong nonce, ulong tip)
    {
        var transaction = new Transaction { Type = TransactionType.DynamicFee, Nonce = nonce, MaxFeePerGas = 100, MaxPriorityFeePerGas = tip, To = Address.Zero };
        transaction.SetSender(Address.FromNumber(sender));
        return transaction;
    }
}
