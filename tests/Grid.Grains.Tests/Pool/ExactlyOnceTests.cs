using Grid.Chain;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;
using Grid.Storage;
using Grid.Storage.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Grains.Tests.Pool;

/// <summary>A transaction that is submitted again, whenever and by whom, is answered with its hash and changes nothing.</summary>
public sealed class ExactlyOnceTests
{
    private static readonly Address Receiver = Address.FromNumber(9_000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_was_included_long_ago_is_known_even_if_it_were_refused_now()
    {
        await using var chain = await TestChain.StartAsync();
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var large = chain.Sign(0, Receiver, 1, [], 10_000_000);
        Assert.Equal(SubmitStatus.Accepted, (await intake.SubmitAsync([large.EncodedMemory]))[0].Status);
        await chain.Coordinator.MakeBlock(new());
        // Blocks have less room now than that one asks for, and its sender has spent all but a little.
        var rest = (await chain.Reader.GetAccount(large.Sender, BlockSelector.Latest)).Balance - UInt256.Parse("1000000000000000");
        await chain.MakeAsync(chain.Sign(0, Address.FromNumber(1), rest, [], 21_000));
        await chain.Coordinator.MakeBlock(new() { AllowEmpty = true, GasLimit = 8_000_000 });

        var again = (await intake.SubmitAsync([large.EncodedMemory, large.EncodedMemory]))[1];
        Assert.Equal((large.Hash, SubmitStatus.Known), (again.Hash, again.Status));
        Assert.Null(await chain.Coordinator.MakeBlock(new()));
        Assert.Equal((UInt256)1, (await chain.Reader.GetAccount(Receiver, BlockSelector.Latest)).Balance);
        var pool = await intake.PoolOf(large.Sender).Describe();
        Assert.Empty(pool.Rejected);
        Assert.Equal((0, 0), (pool.Pending, pool.Queued));
        Assert.Empty(await chain.Journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task Twice_in_one_batch_it_is_taken_once()
    {
        await using var chain = await TestChain.StartAsync();
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var (first, second) = (chain.Transfer(0, Receiver, 1), chain.Transfer(0, Receiver, 1));
        var results = await intake.SubmitAsync([first.EncodedMemory, second.EncodedMemory, first.EncodedMemory, second.EncodedMemory]);
        Assert.Equal([first.Hash, second.Hash, first.Hash, second.Hash], results.Select(x => x.Hash!.Value));
        Assert.Equal([SubmitStatus.Accepted, SubmitStatus.Accepted, SubmitStatus.Known, SubmitStatus.Known], results.Select(x => x.Status));
        Assert.Equal(2, (await chain.Journal.ReadPoolAsync(Cancellation)).Count);
        Assert.Equal(2, (await chain.Coordinator.MakeBlock(new()))!.TransactionCount);
        Assert.Equal((UInt256)2, (await chain.Reader.GetAccount(Receiver, BlockSelector.Latest)).Balance);
    }

    [Fact]
    public async Task What_a_batch_itself_replaces_does_not_come_back()
    {
        var first = await TestChain.StartAsync();
        var cheap = first.Transfer(0, Receiver, 1);
        var dear = DevelopmentAccounts.Signers[0].Sign(new Transaction
        {
            Type = TransactionType.DynamicFee, ChainId = DevelopmentAccounts.ChainId, Nonce = cheap.Nonce, GasLimit = 21_000, To = Receiver, Value = 2,
            MaxFeePerGas = cheap.MaxFeePerGas * 2, MaxPriorityFeePerGas = cheap.MaxPriorityFeePerGas * 2,
        });
        var results = await new TransactionIntake(first.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([cheap.EncodedMemory, dear.EncodedMemory]);
        Assert.All(results, result => Assert.Equal(SubmitStatus.Accepted, result.Status));
        Assert.Equal([dear.Hash], (await first.Journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash));
        await first.DisposeAsync();

        await using var second = await Grains.Hosting.LocalCluster.StartAsync(first.Options, 1, first.Journal, first.Store);
        await second.Grains.GetGrain<Grains.Coordinator.IBlockCoordinatorGrain>(0).MakeBlock(new());
        Assert.NotNull(await second.Grains.GetGrain<IChainReaderGrain>(0).GetReceipt(dear.Hash));
    }

    [Fact]
    public async Task Two_gateways_that_race_take_each_once()
    {
        const int Count = 200;
        await using var chain = await TestChain.StartAsync(silos: 2);
        var sent = Enumerable.Range(0, Count).Select(i => chain.Transfer(i % 5, Receiver, 1).EncodedMemory).ToArray();
        var gateways = chain.Cluster.Silos.Select(silo => new TransactionIntake(silo.Services.GetRequiredService<IGrainFactory>(), ShardLayout.Sixteen)).ToArray();
        var answers = await Task.WhenAll(gateways.Select(gateway => Task.Run(() => gateway.SubmitAsync(sent), Cancellation)));
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(answers[0][i].Hash, answers[1][i].Hash);
            Assert.Equal([SubmitStatus.Accepted, SubmitStatus.Known], answers.Select(x => x[i].Status).Order());
        }
        Assert.Equal(Count, (await chain.Journal.ReadPoolAsync(Cancellation)).Count);
        Assert.Equal(Count, (await chain.Coordinator.MakeBlock(new()))!.TransactionCount);
        Assert.Empty(await chain.Journal.ReadPoolAsync(Cancellation));
        Assert.Equal((UInt256)Count, (await chain.Reader.GetAccount(Receiver, BlockSelector.Latest)).Balance);
    }

    [Fact]
    public async Task What_a_block_included_that_seemed_to_fail_is_known_and_holds_nobody_up()
    {
        var journal = new RefusingJournal(new MemoryJournal());
        await using var chain = await TestChain.StartAsync(journal: journal);
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var (first, second) = (chain.Transfer(0, Receiver, 1), chain.Transfer(0, Receiver, 1));
        await intake.SubmitAsync([first.EncodedMemory]);
        journal.NextAppendSeemsToFail = new StorageException(StorageError.Unavailable, "the disk failed when all was written");
        await Assert.ThrowsAnyAsync<Exception>(() => chain.Coordinator.MakeBlock(new()));

        // The pool still offers what the block has; the next coordinator makes it look again.
        Assert.Null(await MakeBlockAsync(chain));
        Assert.Equal((0, 0), await intake.PoolOf(first.Sender).Describe() is var pool ? (pool.Pending, pool.Queued) : default);
        Assert.Equal([SubmitStatus.Known, SubmitStatus.Accepted], (await intake.SubmitAsync([first.EncodedMemory, second.EncodedMemory])).Select(x => x.Status));
        Assert.Equal(1, (await chain.Coordinator.MakeBlock(new()))!.TransactionCount);
        Assert.Equal((UInt256)2, (await chain.Reader.GetAccount(Receiver, BlockSelector.Latest)).Balance);
        Assert.Empty(await journal.ReadPoolAsync(Cancellation));
        SequentialOracle.Replay(chain.Options.Genesis, await chain.BlocksAsync());
    }

    /// <summary>A call may still meet the activation that is on its way out.</summary>
    private static async Task<Grains.Coordinator.BlockSummary?> MakeBlockAsync(TestChain chain)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await chain.Coordinator.MakeBlock(new());
            }
            catch (Exception) when (attempt < 50)
            {
                await Task.Delay(20, Cancellation);
            }
        }
    }
}
