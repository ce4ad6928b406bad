using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Tests.Snapshots;

public sealed class SiloSnapshotTests
{
    private static readonly ShardLayout Layout = ShardLayout.Sixteen;

    [Fact]
    public void A_committed_try_shows_all_its_shards_at_once_and_a_given_up_one_none()
    {
        var snapshot = new SiloSnapshot(Layout, new CodeTable(), TestChain.DefaultOptions);
        var given = new BlockAttempt(1, 1, 0);
        var taken = new BlockAttempt(1, 1, 1);
        snapshot.Stage(3, in given, StateShard.Empty(Layout.PrefixOf(3)));
        snapshot.Stage(4, in taken, StateShard.Empty(Layout.PrefixOf(4)));
        Assert.Null(snapshot.Head);
        snapshot.Publish(in taken, Header(1));
        Assert.Null(snapshot.Head!.Shards[3]);
        Assert.NotNull(snapshot.Head.Shards[4]);
        Assert.False(snapshot.Head.IsComplete);
    }

    [Fact]
    public void Only_the_newest_states_are_kept_and_late_publications_change_nothing()
    {
        var snapshot = new SiloSnapshot(Layout, new CodeTable(), TestChain.DefaultOptions with { StatesKept = 3 });
        for (ulong number = 1; number <= 5; number++)
        {
            snapshot.Publish(new BlockAttempt(number, 1, number), Header(number));
        }
        Assert.Equal(3UL, snapshot.OldestNumber);
        Assert.Null(snapshot.At(2));
        Assert.Equal(4UL, snapshot.At(4)!.Number);
        snapshot.Publish(new BlockAttempt(2, 1, 2), Header(2));
        Assert.Equal(5UL, snapshot.Head!.Number);
    }

    [Fact]
    public void Only_a_coordinator_that_took_over_later_can_rewind()
    {
        var snapshot = new SiloSnapshot(Layout, new CodeTable(), TestChain.DefaultOptions);
        Assert.False(snapshot.Publish(new BlockAttempt(1, 2, 0), Header(1)));
        Assert.False(snapshot.Publish(new BlockAttempt(2, 2, 1), Header(2)));
        // The one before, late: whatever it says.
        Assert.False(snapshot.Publish(new BlockAttempt(3, 1, 9), Header(3)));
        Assert.Equal(2UL, snapshot.Head!.Number);
        // The next one, at the same block, then at another one of its height, then at an earlier one.
        Assert.False(snapshot.Publish(new BlockAttempt(2, 3, 0), Header(2)));
        Assert.Equal(1UL, snapshot.OldestNumber);
        Assert.True(snapshot.Publish(new BlockAttempt(2, 4, 0), new BlockHeader { Number = 2, GasLimit = 1 }));
        Assert.Equal((2UL, 1UL), (snapshot.OldestNumber, snapshot.Head!.Header.GasLimit));
        Assert.True(snapshot.Publish(new BlockAttempt(0, 5, 0), Header(0)));
        Assert.Equal(0UL, snapshot.Head!.Number);
    }

    /// <summary>History 109: the coordinator that recovered didn't know of this silo's shards, and took them out of the view.</summary>
    [Fact]
    public void A_block_that_is_published_again_keeps_the_shards_that_it_had()
    {
        var snapshot = new SiloSnapshot(Layout, new CodeTable(), TestChain.DefaultOptions);
        var attempt = new BlockAttempt(1, 1, 0);
        snapshot.Stage(4, in attempt, StateShard.Empty(Layout.PrefixOf(4)));
        snapshot.Publish(in attempt, Header(1));
        snapshot.Publish(new BlockAttempt(1, 2, 0), Header(1));
        Assert.NotNull(snapshot.Head!.Shards[4]);
    }

    /// <summary>Histories 24, 34, 40 and 43: a shard that came to a silo between two blocks was nowhere until the next one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_shard_that_is_loaded_between_two_blocks_is_shown_at_once(bool isPublishedBefore)
    {
        var snapshot = new SiloSnapshot(Layout, new CodeTable(), TestChain.DefaultOptions);
        var slice = StateShard.Empty(Layout.PrefixOf(4));
        if (isPublishedBefore)
        {
            snapshot.Publish(new BlockAttempt(1, 1, 0), Header(1));
        }
        snapshot.Adopt(4, 1, Header(1).Hash, slice);
        snapshot.Adopt(5, 1, Header(2).Hash, StateShard.Empty(Layout.PrefixOf(5)));
        if (!isPublishedBefore)
        {
            snapshot.Publish(new BlockAttempt(1, 1, 0), Header(1));
        }
        Assert.Same(slice, snapshot.Head!.Shards[4]);
        Assert.Null(snapshot.Head.Shards[5]);
    }

    [Fact]
    public void What_is_not_here_is_a_miss()
    {
        var snapshot = new SiloSnapshot(Layout, new CodeTable(), TestChain.DefaultOptions);
        var here = Enumerable.Range(0, 1000).Select(i => Address.FromNumber((ulong)i)).First(x => Layout.ShardOf(in x) == 4);
        var there = Enumerable.Range(0, 1000).Select(i => Address.FromNumber((ulong)i)).First(x => Layout.ShardOf(in x) == 5);
        var attempt = new BlockAttempt(1, 1, 0);
        snapshot.Stage(4, in attempt, StateShard.Empty(Layout.PrefixOf(4)));
        snapshot.Publish(in attempt, Header(1));
        Assert.True(snapshot.Head!.TryGetAccount(in here, out var record));
        Assert.Null(record);
        Assert.False(snapshot.Head.TryGetAccount(in there, out _));
        Assert.False(snapshot.Head.TryGetStorage(in there, 1, out _));
    }

    private static BlockHeader Header(ulong number) => new() { Number = number };
}
