using Grid.Grains.Accounts;
using Grid.Grains.Load;
using Grid.Grains.Placement;
using Grid.Primitives;

namespace Grid.Grains.Tests.Load;

/// <summary>Whether a shard should be on another silo.</summary>
public sealed class MoveAdviceTests
{
    private const long UptimeMs = 10_000;

    private static readonly Address A = Address.FromNumber(0xa), B = Address.FromNumber(0xb), C = Address.FromNumber(0xc);

    [Fact]
    public void One_of_two_hot_contracts_goes_to_the_idlest_silo()
    {
        var move = Assert.Single(Advise(Silo("one", 3_000, (A, 1_800), (B, 1_200)), Silo("two", 900), Silo("three", 100)));
        // Moving B leaves less than moving A would bring: of 2,900 ms more than the idlest has, half is best.
        Assert.Equal(new ShardMove(B, ShardLayout.Sixteen.ShardOf(B), "one", "place of three", 0.4), move);
    }

    [Fact]
    public void A_contract_that_is_all_that_is_hot_stays() => Assert.Empty(Advise(Silo("one", 3_000, (A, 2_900)), Silo("two", 10)));

    [Fact]
    public void Nothing_moves_where_silos_are_alike_or_idle_or_alone()
    {
        Assert.Empty(Advise(Silo("one", 3_000, (A, 1_000), (B, 1_000)), Silo("two", 2_800, (C, 2_000))));
        Assert.Empty(Advise(Silo("one", 300, (A, 150), (B, 150)), Silo("two", 0)));
        Assert.Empty(Advise(Silo("one", 3_000, (A, 1_500), (B, 1_500))));
    }

    private static ShardMove[] Advise(params SiloReport[] silos) => MoveAdvice.Of([.. silos.Select(silo => ($"place of {silo.Silo}", silo))], ShardLayout.Sixteen);

    private static SiloReport Silo(string name, double turnsMs, params (Address Address, double BusyMs)[] accounts) => new(
        name, 0, [], 1, 0, 0, [new GrainTypeReport(nameof(AccountGrain), 1, 1, 0, 0, turnsMs, 1)],
        [.. accounts.Select(account => new HotAccountReport(account.Address, 1, 1, account.BusyMs, 1))], UptimeMs, 0, 0, null!, []);
}
