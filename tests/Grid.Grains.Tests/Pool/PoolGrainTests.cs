using Grid.Chain;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;
using Grid.Storage;
using Grid.Storage.Memory;

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
    public async Task What_another_activation_has_admitted_is_found_and_included()
    {
        await using var chain = await TestChain.StartAsync(silos: 2);
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var (own, others) = (chain.Transfer(0, Address.FromNumber(9_000), 1), chain.Transfer(0, Address.FromNumber(9_000), 1));
        await intake.SubmitAsync([own.EncodedMemory]);
        Assert.Equal(1, (await chain.Coordinator.MakeBlock(new()))!.TransactionCount);
        // As an activation does that goes on for a moment after this one has read the table.
        var entry = new PoolEntry(others.Hash, others.Sender, others.EncodedMemory, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await chain.Journal.UpdatePoolAsync([entry], [], TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await chain.Coordinator.MakeBlock(new()) is null)
        {
            await Task.Delay(50, patience.Token);
        }
        Assert.Equal((UInt256)2, (await chain.Reader.GetAccount(Address.FromNumber(9_000), BlockSelector.Latest)).Balance);
    }

    [Fact]
    public async Task What_found_no_room_is_offered_again_with_all_that_follows_it()
    {
        await using var chain = await TestChain.StartAsync();
        var shards = DevelopmentAccounts.Signers.Select(signer => ShardLayout.Sixteen.ShardOf(signer.Address)).ToList();
        // Of two pools, which together offer more than a block holds.
        var other = shards.FindIndex(shard => shard != shards[0]);
        Transaction[] sent =
        [
            .. Enumerable.Range(0, 3).Select(_ => chain.Sign(0, Address.FromNumber(9_000), 1, [], 21_000, tipGwei: 2)),
            chain.Sign(other, Address.FromNumber(9_000), 1, [], 50_000), chain.Sign(other, Address.FromNumber(9_000), 1, [], 21_000),
        ];
        await new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([.. sent.Select(x => x.EncodedMemory)]);
        Assert.Equal(3, (await chain.Coordinator.MakeBlock(new() { GasLimit = 100_000 }))!.TransactionCount);
        Assert.Equal(2, (await chain.Coordinator.MakeBlock(new() { GasLimit = 100_000 }))!.TransactionCount);
    }

    [Fact]
    public async Task A_pool_recovers_what_it_admitted_from_the_journal()
    {
        var first = await TestChain.StartAsync();
        var transaction = first.Transfer(0, Address.FromNumber(9_000), 1);
        await new TransactionIntake(first.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([transaction.EncodedMemory]);
        await first.DisposeAsync();

        await using var second = await Grains.Hosting.LocalCluster.StartAsync(first.Options, 1, first.Journal, first.Store);
        var coordinator = second.Grains.GetGrain<Grains.Coordinator.IBlockCoordinatorGrain>(0);
        Assert.Equal(1, (await coordinator.MakeBlock(new()))!.TransactionCount);
        Assert.NotNull(await second.Grains.GetGrain<IChainReaderGrain>(0).GetReceipt(transaction.Hash));
        Assert.Empty(await first.Journal.ReadPoolAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_the_journal_didnt_take_isnt_known_later()
    {
        var journal = new RefusingJournal(new MemoryJournal());
        await using var chain = await TestChain.StartAsync(journal: journal);
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        var transaction = chain.Transfer(0, Address.FromNumber(9_000), 1);
        journal.RefusesPool = true;
        await Assert.ThrowsAnyAsync<Exception>(() => intake.SubmitAsync([transaction.EncodedMemory]));
        journal.RefusesPool = false;
        Assert.Null(await chain.Coordinator.MakeBlock(new()));
        Assert.Equal(SubmitStatus.Accepted, (await intake.SubmitAsync([transaction.EncodedMemory]))[0].Status);
        Assert.Equal(1, (await chain.Coordinator.MakeBlock(new()))!.TransactionCount);
    }

    [Fact]
    public async Task What_has_no_place_any_more_leaves_the_table_when_a_pool_recovers()
    {
        var first = await TestChain.StartAsync();
        var (used, other) = (first.Transfer(0, Address.FromNumber(9_000), 1), first.Sign(0, Address.FromNumber(9_001), 1, [], 21_000, nonce: 0));
        await new TransactionIntake(first.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([used.EncodedMemory]);
        // A block from elsewhere that holds another transaction with that nonce.
        await first.MakeAsync(other);
        await first.DisposeAsync();
        Assert.Single(await first.Journal.ReadPoolAsync(TestContext.Current.CancellationToken));

        await using var second = await Grains.Hosting.LocalCluster.StartAsync(first.Options, 1, first.Journal, first.Store);
        Assert.Null(await second.Grains.GetGrain<Grains.Coordinator.IBlockCoordinatorGrain>(0).MakeBlock(new()));
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
