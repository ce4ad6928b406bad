using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.Grains.Load;
using Grid.Grains.Placement;
using Grid.Primitives;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Grains.Tests.Load;

/// <summary>What transactions waited for each other at, and what would help, from blocks that a grid has made.</summary>
public sealed class ContentionTests
{
    private static readonly GridOptions EveryBlock = TestChain.DefaultOptions with { Execution = new ParallelSettings { Lanes = 1, SmallBlockGas = 0 } };

    [Fact]
    public async Task A_counter_that_all_calls_raise_should_be_split()
    {
        await using var chain = await TestChain.StartAsync(options: EveryBlock);
        var contract = ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);
        await chain.MakeAsync(chain.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000));
        await chain.MakeAsync([.. Enumerable.Range(0, 9).Select(i => chain.Sign(i, contract, 0, TestContracts.StoreCall((ulong)(i + 100), 1), 120_000))]);
        var places = await ReportAsync(chain, places => places.Length > 0);
        var place = Assert.Single(places);
        Assert.Equal((contract, UInt256.Zero, 9L, 1), (place.Account, place.Slot, place.Transactions, place.Blocks));
        Assert.Equal((contract, 0U, ContentionAdvice.SplitSlot), (place.Called, place.Selector, place.Advice));
        Assert.InRange(place.GasShare, 0.5, 1);
    }

    [Fact]
    public async Task One_sender_of_a_block_should_be_several_and_the_last_64_blocks_count()
    {
        await using var chain = await TestChain.StartAsync(options: EveryBlock);
        for (var i = 0; i < 70; i++)
        {
            await chain.MakeAsync(chain.Transfer(3, Address.FromNumber(1), 1), chain.Transfer(3, Address.FromNumber(2), 1), chain.Transfer(4, Address.FromNumber(3), 1));
        }
        var place = Assert.Single(await ReportAsync(chain, places => places is [{ Blocks: >= 64 }]));
        Assert.Equal((DevelopmentAccounts.Signers[3].Address, null, 64, 128L), (place.Account, place.Slot, place.Blocks, place.Transactions));
        Assert.Equal(ContentionAdvice.SeveralSenders, place.Advice);
        Assert.Equal(2.0 / 3, place.GasShare, 6);
    }

    [Fact]
    public async Task What_little_waits_for_needs_nothing_and_small_blocks_arent_looked_at()
    {
        await using var chain = await TestChain.StartAsync(options: EveryBlock);
        var filler = ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);
        await chain.MakeAsync(chain.Sign(0, null, 0, TestContracts.FillInitcode, 300_000));
        await chain.MakeAsync(
            chain.Sign(0, filler, 0, new UInt256(1).ToBigEndian(), 15_000_000), chain.Transfer(1, Address.FromNumber(1), 1), chain.Transfer(1, Address.FromNumber(2), 1));
        Assert.Equal(ContentionAdvice.None, Assert.Single(await ReportAsync(chain, places => places.Length > 0)).Advice);

        await using var other = await TestChain.StartAsync();
        await other.MakeAsync(other.Transfer(1, Address.FromNumber(1), 1), other.Transfer(1, Address.FromNumber(2), 1));
        Assert.Empty(await ReportAsync(other, _ => true));
    }

    /// <summary>Blocks are looked at behind the answer.</summary>
    private static async Task<ContendedPlaceReport[]> ReportAsync(TestChain chain, Predicate<ContendedPlaceReport[]> isThere)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var directory = chain.Cluster.Silos[0].Services.GetRequiredService<SiloDirectory>();
        while (true)
        {
            var report = await directory.LaneOf(directory.Local).DescribeLoad();
            if (isThere(report.ContendedPlaces))
            {
                return report.ContendedPlaces;
            }
            await Task.Delay(20, patience.Token);
        }
    }
}
