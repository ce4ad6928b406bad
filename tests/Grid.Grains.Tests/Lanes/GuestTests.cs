using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.Grains.Lanes.Guests;
using Grid.Grains.Placement;
using Grid.Primitives;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Grains.Tests.Lanes;

/// <summary>Silos that execute parts of a block for the coordinator's, and what that costs in messages.</summary>
[Collection(nameof(GuestTests))]
public sealed class GuestTests
{
    private const int Seed = 20261125;

    private static readonly GridOptions Spread = TestChain.DefaultOptions with
    {
        Lanes = 2, Execution = new ParallelSettings { Lanes = 2, AlwaysSplits = true }, Placement = PlacementCosts.EvenSpread,
    };

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_other_silos_execute_is_what_sequential_execution_gives(int silos)
    {
        await using var chain = await TestChain.StartAsync(silos, Spread);
        var contracts = await StoreCalls.DeployAsync(chain);
        var random = new Random(Seed);
        var sent = 0;
        for (var i = 0; i < 6; i++)
        {
            sent += (await chain.MakeAsync(StoreCalls.Random(chain, random, contracts))).Execution.Sent;
        }
        Assert.True(sent > 0, $"seed {Seed}: nothing was executed on another silo");
        var blocks = await chain.BlocksAsync();
        Assert.Equal(SequentialOracle.Replay(chain.Options.Genesis, blocks).Root, blocks[^1].Header.StateRoot);
    }

    [Fact]
    public async Task Shards_are_divided_among_the_silos()
    {
        await using var chain = await TestChain.StartAsync(3, Spread);
        await chain.MakeAsync();
        var shards = new List<int>();
        foreach (var silo in chain.Cluster.Silos)
        {
            var directory = silo.Services.GetRequiredService<SiloDirectory>();
            var report = await directory.LaneOf(directory.Local).DescribeLoad();
            Assert.InRange(report.Shards.Length, 5, 6);
            shards.AddRange(report.Shards);
        }
        Assert.Equal(Enumerable.Range(0, 16), shards.Order());
    }

    /// <summary>
    /// However many transactions: executing a wave, applying and publishing are a call to each other silo, and so is each round of fetching for a wave.
    /// A block of 80 transactions in at most two waves on two silos may cost seven.
    /// </summary>
    [Fact]
    public async Task A_block_costs_calls_by_silo_and_not_by_transaction()
    {
        const int Blocks = 10, CallsMax = 7;
        var calls = new SiloCallCounter();
        await using var chain = await TestChain.StartAsync(2, Spread with { Execution = new ParallelSettings { Lanes = 2 } }, calls: calls);
        var contracts = await StoreCalls.DeployAsync(chain);
        var random = new Random(Seed);
        for (var i = 0; i < 3; i++)
        {
            // What is activated, and code that is fetched, comes once.
            await chain.MakeAsync(StoreCalls.Random(chain, random, contracts));
        }
        var few = await CountCallsAsync(chain, calls, () => StoreCalls.Random(chain, random, contracts)[..10], Blocks);
        var many = await CountCallsAsync(chain, calls, () => StoreCalls.Random(chain, random, contracts), Blocks);
        Assert.True(many > 0 && many <= Blocks * CallsMax, $"{(double)many / Blocks} calls a block of 80 transactions, {(double)few / Blocks} a block of 10");
    }

    /// <summary>Calls between silos while blocks are made.</summary>
    private static async Task<long> CountCallsAsync(TestChain chain, SiloCallCounter calls, Func<Transaction[]> transactions, int blocks)
    {
        var before = calls.Calls;
        for (var i = 0; i < blocks; i++)
        {
            await chain.MakeAsync(transactions());
        }
        return calls.Calls - before;
    }
}
