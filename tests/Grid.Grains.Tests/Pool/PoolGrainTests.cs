using Grid.Chain;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Grains.Tests.Pool;

public sealed class PoolGrainTests
{
    [Fact]
    public async Task Submitted_transactions_are_included_in_nonce_order_on_two_silos()
    {
        await using var chain = await TestChain.StartAsync(silos: 2);
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var sent = Enumerable.Range(0, 200).Select(i => chain.Transfer(i % 5, Address.FromNumber((ulong)(9_000 + i)), 1)).ToList();
        var shuffled = sent.ToArray();
        new Random(3).Shuffle(shuffled);
        var results = await intake.SubmitAsync([.. shuffled.Select(x => x.EncodedMemory)]);
        Assert.All(results, result => Assert.Equal(SubmitStatus.Accepted, result.Status));
        Assert.Equal(shuffled.Select(x => (Hash256?)x.Hash), results.Select(x => x.Hash));

        var summary = await chain.Coordinator.MakeBlock(new());
        Assert.Equal(200, summary!.TransactionCount);
        SequentialOracle.Replay(chain.Options.Genesis, await chain.BlocksAsync());
        Assert.Equal((UInt256)1, (await chain.Reader.GetAccount(Address.FromNumber(9_199), BlockSelector.Latest)).Balance);
    }

    [Fact]
    public async Task A_transaction_that_is_known_or_included_is_answered_with_its_hash_and_changes_nothing()
    {
        await using var chain = await TestChain.StartAsync();
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var transaction = chain.Transfer(0, Address.FromNumber(9_000), 1);
        Assert.Equal(SubmitStatus.Accepted, (await intake.SubmitAsync([transaction.EncodedMemory]))[0].Status);
        Assert.Equal(SubmitStatus.Known, (await intake.SubmitAsync([transaction.EncodedMemory]))[0].Status);
        await chain.Coordinator.MakeBlock(new());
        Assert.Equal(SubmitStatus.Known, (await intake.SubmitAsync([transaction.EncodedMemory]))[0].Status);
        Assert.Null(await chain.Coordinator.MakeBlock(new()));
        Assert.Equal((UInt256)1, (await chain.Reader.GetAccount(Address.FromNumber(9_000), BlockSelector.Latest)).Balance);
    }

    [Fact]
    public async Task A_pool_recovers_what_it_admitted_from_the_journal()
    {
        var first = await TestChain.StartAsync();
        var transaction = first.Transfer(0, Address.FromNumber(9_000), 1);
        await new TransactionIntake(first.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([transaction.EncodedMemory]);
        await first.DisposeAsync();

        await using var second = await Hosting.LocalCluster.StartAsync(first.Options, 1, first.Journal, first.Store);
        var coordinator = second.Grains.GetGrain<Grains.Coordinator.IBlockCoordinatorGrain>(0);
        Assert.Equal(1, (await coordinator.MakeBlock(new()))!.TransactionCount);
        Assert.NotNull(await second.Grains.GetGrain<IChainReaderGrain>(0).GetReceipt(transaction.Hash));
        Assert.Empty(await first.Journal.ReadPoolAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Bad_transactions_get_their_own_error()
    {
        await using var chain = await TestChain.StartAsync();
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var good = chain.Transfer(0, Address.FromNumber(1), 1);
        var cases = new (ReadOnlyMemory<byte> Raw, TransactionErrorCode Code)[]
        {
            (good.EncodedMemory[..20], TransactionErrorCode.MalformedRlp),
            (ReadOnlyMemory<byte>.Empty, TransactionErrorCode.Empty),
            (chain.Sign(1, Address.FromNumber(1), 0, [], 20_999, nonce: 0).EncodedMemory, TransactionErrorCode.IntrinsicGasTooLow),
            (chain.Sign(1, Address.FromNumber(1), 0, [], 30_000_000, nonce: 0).EncodedMemory, TransactionErrorCode.GasLimitAboveMaximum),
            (chain.Sign(1, Address.FromNumber(1), DevelopmentAccounts.BalanceWei, [], 21_000, nonce: 0).EncodedMemory, TransactionErrorCode.InsufficientFunds),
        };
        var results = await intake.SubmitAsync([.. cases.Select(x => x.Raw)]);
        Assert.Equal(cases.Select(x => x.Code), results.Select(x => x.Error.Code));
        Assert.All(results, result => Assert.Equal(SubmitStatus.Rejected, result.Status));
        Assert.Null(await chain.Coordinator.MakeBlock(new()));
    }
}
