using Grid.Grains.Load;
using Grid.Grains.Placement;
using Grid.Primitives;

namespace Grid.Grains.Tests.Load;

/// <summary>Whether a shard should be on another silo.</summary>
public sealed class MoveAdviceTests
{
    private const long UptimeMs = 10_000;

    private static readonly Address A = AccountOf(1), B = AccountOf(2), C = AccountOf(9);

    [Fact]
    public void One_of_two_hot_contracts_goes_to_the_idlest_silo()
    {
        // Moving B brings more than moving A: of 2,900 ms more than the idlest has, half is best.
        Assert.Equal(
            [new ShardMove(B, 2, "one", "three", 0.4)],
            Advise(Silo("one", [1, 2], (A, 1_800), (B, 1_200)), Silo("two", [9], (C, 900)), Silo("three", [10], (AccountOf(10), 100))));
    }

    [Fact]
    public void What_has_moved_counts_where_it_is()
    {
        // B's turns were on the first silo, before it moved.
        Assert.Empty(Advise(Silo("one", [1], (A, 1_800), (B, 1_200)), Silo("two", [2, 9], (C, 300))));
    }

    [Fact]
    public void A_contract_that_is_all_that_is_hot_stays() => Assert.Empty(Advise(Silo("one", [1], (A, 2_900)), Silo("two", [9])));

    [Fact]
    public void Nothing_moves_where_silos_are_alike_or_idle_or_alone()
    {
        Assert.Empty(Advise(Silo("one", [1, 2], (A, 1_000), (B, 1_000)), Silo("two", [9], (C, 1_900))));
        Assert.Empty(Advise(Silo("one", [1, 2], (A, 150), (B, 150)), Silo("two", [9])));
        Assert.Empty(Advise(Silo("one", [1, 2], (A, 1_500), (B, 1_500))));
        Assert.Empty(Advise(Silo("one", [1, 2]), Silo("two", [9])));
    }

    private static ShardMove[] Advise(params SiloReport[] silos) => MoveAdvice.Of(silos, ShardLayout.Sixteen);

    private static SiloReport Silo(string name, int[] shards, params (Address Address, double BusyMs)[] accounts) => new(
        $"address of {name}", 0, shards, 1, 0, 0, [], [.. accounts.Select(account => new HotAccountReport(account.Address, 1, 1, account.BusyMs, 1))], UptimeMs, 0, 0, null!, [], name);

    private static Address AccountOf(int shard) => Enumerable.Range(1, 10_000).Select(i => Address.FromNumber((ulong)i)).First(address => ShardLayout.Sixteen.ShardOf(in address) == shard);
}
