using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Reader;
using Grid.Grains.Shards;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Grains.Tests.Coordinator;

/// <summary>Blocks that another coordinator commits with other activations: what stayed behind must come after them.</summary>
public sealed class ForeignBlockTests
{
    private static readonly Address Receiver = Address.FromNumber(9_000);

    /// <summary>Histories 164 and 275: a second activation had applied the block elsewhere and was gone, and this one had nothing to show of it.</summary>
    [Fact]
    public async Task A_shard_that_missed_a_block_shows_it_when_it_is_read()
    {
        await using var chain = await TestChain.StartAsync();
        var (block, fencingNumber) = await CommitElsewhere(chain);
        var header = Block.TryDecode(block.Block.Span, out var decoded, out _) ? decoded.Header : null;
        var snapshot = chain.Cluster.Silos[0].Services.GetRequiredService<SiloSnapshot>();
        snapshot.Publish(new BlockAttempt(1, fencingNumber, 0), header!);
        var shard = chain.Cluster.Grains.GetGrain<IStateShardGrain>(ShardLayout.Sixteen.ShardOf(Receiver));
        var values = await shard.Read(new StateQuery(1, header!.Hash, [Receiver], [], []));
        Assert.Equal((UInt256)7, values?.Accounts[0]?.Balance);
    }

    /// <summary>Of two coordinators the one that took over ended: nothing fitted the other one's head, so that it never appended, and never learned.</summary>
    [Fact]
    public async Task A_coordinator_that_was_overtaken_learns_it_without_a_block_to_make()
    {
        await using var chain = await TestChain.StartAsync();
        var (block, _) = await CommitElsewhere(chain);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await chain.Coordinator.GetHead()).Header.Hash != block.Hash)
        {
            // It compares every other second.
            await Task.Delay(50, patience.Token);
            await chain.Coordinator.Settle();
        }
        Assert.Equal((UInt256)7, (await chain.Reader.GetAccount(Receiver, BlockSelector.Latest)).Balance);
    }

    /// <summary>Histories 24, 34, 40 and 43: a silo of which the coordinator hadn't learned when it published stayed at the block before until the next one.</summary>
    [Fact]
    public async Task A_silo_that_wasnt_told_of_a_block_comes_to_it()
    {
        await using var chain = await TestChain.StartAsync();
        var snapshot = new SiloSnapshot(ShardLayout.Sixteen, new CodeTable(), chain.Options);
        var head = new SiloHead(snapshot, chain.Cluster.Grains);
        Assert.Equal(0UL, (await head.GetAsync()).Number);
        var summary = await chain.MakeAsync(chain.Transfer(0, Receiver, 7));
        await head.CatchUpAsync();
        Assert.Equal(summary.Header.Hash, (await head.GetAsync()).Header.Hash);
    }

    /// <summary>Commits to the chain's journal what a chain with the same genesis has made of a transfer.</summary>
    private static async Task<(JournalBlock Block, ulong FencingNumber)> CommitElsewhere(TestChain chain)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var other = await TestChain.StartAsync();
        await other.MakeAsync(other.Transfer(0, Receiver, 7));
        var block = (await other.Journal.ReadBlockAsync(1, cancellation))!;
        var fencingNumber = await chain.Journal.TakeFencingNumberAsync(cancellation);
        Assert.Equal(AppendOutcome.Committed, await chain.Journal.AppendAsync(block, fencingNumber, cancellation));
        return (block, fencingNumber);
    }
}
