using System.Net;
using Grid.Grains.Placement;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Grid.Grains.Tests.Placement;

/// <summary>Shards that an operator has given to silos: where they are then, and that blocks stay what they are.</summary>
public sealed class ShardPinsTests
{
    private static readonly SiloAddress[] Three = [.. Enumerable.Range(1, 3).Select(i => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11_000 + i), i))];

    private readonly ShardPins _pins = New();

    [Fact]
    public void A_shard_is_with_the_silo_that_it_was_given_to_while_that_is_active()
    {
        var layout = _pins.Divide(Three);
        _pins.Learn(PinnedShards.None.With(0, "127.0.0.1:11003").With(15, "127.0.0.1:11001"));
        Assert.Equal([2, .. layout[1..15], 0], _pins.Divide(Three));
        // It is back, started anew.
        Assert.Equal(2, _pins.Divide([.. Three[..2], SiloAddress.New(Three[2].Endpoint, 99)])[0]);
        Assert.Equal(New().Divide(Three[..2])[0], _pins.Divide(Three[..2])[0]);
    }

    /// <summary>A pod that starts again has its name, and another address.</summary>
    [Fact]
    public void A_name_means_whoever_has_it()
    {
        var pins = new ShardPins(ShardLayout.Sixteen, silo => $"grid-silo-{silo.Endpoint.Port % 10}");
        pins.Learn(PinnedShards.None.With(0, "grid-silo-3"));
        Assert.Equal(2, pins.Divide(Three)[0]);
        Assert.Equal(2, pins.Divide([.. Three[..2], SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 12_003), 99)])[0]);
    }

    [Fact]
    public void What_is_learned_late_does_not_replace_what_came_after_it()
    {
        var first = PinnedShards.None.With(3, "127.0.0.1:11001");
        var second = first.With(3, null);
        _pins.Learn(second);
        _pins.Learn(first);
        Assert.Equal(second, _pins.Current);
        Assert.Empty(second.Pins);
    }

    [Fact]
    public void A_shard_has_one_silo()
    {
        var pinned = PinnedShards.None.With(5, "127.0.0.1:11001").With(2, "127.0.0.1:11001").With(5, "127.0.0.1:11002");
        Assert.Equal([new ShardPin(2, "127.0.0.1:11001"), new ShardPin(5, "127.0.0.1:11002")], pinned.Pins);
    }

    /// <summary>Silos learn of pins one after the other, or not at all for some blocks.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Shards_move_between_blocks_and_blocks_are_those_of_sequential_execution(int seed)
    {
        var random = new Random(seed);
        await using var chain = await TestChain.StartAsync(3, TestChain.DefaultOptions with { Lanes = 2 });
        var contracts = await StoreCalls.DeployAsync(chain);
        var pins = chain.Cluster.Silos.Select(silo => silo.Services.GetRequiredService<ShardPins>()).ToArray();
        var names = chain.Cluster.Silos.Select(silo => silo.Services.GetRequiredService<SiloDirectory>()).Select(silo => silo.NameOf(silo.Local)).ToArray();
        var pinned = PinnedShards.None;
        for (var i = 0; i < 8; i++)
        {
            pinned = pinned.With(random.Next(16), random.Next(4) == 0 ? null : names[random.Next(3)]);
            foreach (var silo in pins.Where(_ => random.Next(3) > 0))
            {
                silo.Learn(pinned);
            }
            await chain.MakeAsync(StoreCalls.Random(chain, random, contracts));
        }
        Array.ForEach(pins, silo => silo.Learn(pinned));
        await chain.MakeAsync(StoreCalls.Random(chain, random, contracts));

        foreach (var silo in chain.Cluster.Silos)
        {
            var directory = silo.Services.GetRequiredService<SiloDirectory>();
            var wanted = directory.ShardsBySilo().Single(x => x.Silo == directory.Local).Shards;
            Assert.Equal(wanted, (await directory.LaneOf(directory.Local).DescribeLoad()).Shards);
        }
        var first = chain.Cluster.Silos[0].Services.GetRequiredService<SiloDirectory>();
        Assert.All(pinned.Pins, pin => Assert.Contains(pin.Shard, first.ShardsBySilo().Single(x => first.NameOf(x.Silo) == pin.Silo).Shards));
        var blocks = await chain.BlocksAsync();
        Assert.Equal(SequentialOracle.Replay(chain.Options.Genesis, blocks).Root, blocks[^1].Header.StateRoot);
    }

    private static ShardPins New() => new(ShardLayout.Sixteen, silo => silo.Endpoint.ToString());
}
