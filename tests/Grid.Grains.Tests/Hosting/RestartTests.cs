using Grid.Chain;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;
using Grid.Storage.RocksDb;

namespace Grid.Grains.Tests.Hosting;

/// <summary>A cluster that is started again on its data folder: the store's version, then the journal's access lists, and the same root.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly Address Contract = Evm.ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);

    private readonly string _path = Directory.CreateTempSubdirectory("grid-restart-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    public async Task The_chain_goes_on_where_it_was_whatever_the_store_had_written(int silosBefore, int silosAfter)
    {
        // The store writes as soon as two blocks wait, and by no clock: it is behind, and not at genesis.
        var options = TestChain.DefaultOptions with { StoreInterval = TimeSpan.FromHours(1), StatesKept = 1, StoreLagBlocksMax = 2 };
        Hash256 headHash;
        Transaction[] lives;
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var chain = await TestChain.StartAsync(silosBefore, options, journal: folder.Journal, store: folder.Store);
            await chain.MakeAsync(chain.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000), chain.Transfer(1, Address.FromNumber(5_000), 7));
            for (ulong i = 1; i < 6; i++)
            {
                await chain.MakeAsync(chain.Sign(2, Contract, 0, TestContracts.StoreCall(i % 2, i), 120_000), chain.Transfer(3, Address.FromNumber(5_000 + i), i));
            }
            headHash = (await chain.Reader.GetChainInfo()).Head.Hash;
            lives = [.. (await chain.BlocksAsync()).SelectMany(block => block.Transactions)];
            var shards = await Task.WhenAll(Enumerable.Range(0, 16).Select(shard => folder.Store.ReadShardAsync(ShardLayout.Sixteen.PrefixOf(shard)).AsTask()));
            Assert.Contains(shards, shard => shard!.Version is > 0 and < 6);
        }
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var chain = await TestChain.StartAsync(silosAfter, options, journal: folder.Journal, store: folder.Store);
            Assert.Equal(headHash, (await chain.Reader.GetChainInfo()).Head.Hash);
            foreach (var transaction in lives)
            {
                Assert.NotNull(await chain.Reader.GetReceipt(transaction.Hash));
            }
            Assert.Equal((UInt256)5, await chain.Reader.GetStorage(Contract, 1, BlockSelector.Latest));
            // 2 and 4 were stored there, and each call adds one: 1, 3, 4, 5, 6.
            Assert.Equal((UInt256)6, await chain.Reader.GetStorage(Contract, 0, BlockSelector.Latest));
            Assert.Equal((UInt256)7, (await chain.Reader.GetAccount(Address.FromNumber(5_000), BlockSelector.Latest)).Balance);
            // Blocks go on, on the slots, nonces and code from before.
            chain.SkipNonces(lives);
            await chain.MakeAsync(chain.Sign(2, Contract, 0, TestContracts.StoreCall(1, 0), 120_000), chain.Transfer(1, Address.FromNumber(5_000), 1));
            await chain.MakeAsync(chain.Sign(4, Contract, 0, TestContracts.StoreCall(9, 9), 120_000));
            Assert.Equal(UInt256.Zero, await chain.Reader.GetStorage(Contract, 1, BlockSelector.Latest));
            var blocks = await chain.BlocksAsync();
            Assert.Equal(8, blocks.Count);
            Assert.Equal(blocks[^1].Header.StateRoot, SequentialOracle.Replay(chain.Options.Genesis, blocks).Root);
        }
    }

    [Fact]
    public async Task What_was_admitted_is_in_the_pool_again_in_the_order_of_admission()
    {
        Transaction[] sent;
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds((long)TestChain.GenesisTimestamp + 60));
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var chain = await TestChain.StartAsync(journal: folder.Journal, store: folder.Store, time: time);
            sent = [.. Enumerable.Range(0, 10).Select(i => chain.Transfer(9 - i, Address.FromNumber(5_000 + (ulong)i), 1))];
            foreach (var transaction in sent)
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
                await new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([transaction.EncodedMemory]);
            }
        }
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var chain = await TestChain.StartAsync(journal: folder.Journal, store: folder.Store, time: time);
            var again = await new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([.. sent.Select(x => x.EncodedMemory)]);
            Assert.All(again, result => Assert.Equal(SubmitStatus.Known, result.Status));
            Assert.Equal(sent.Length, (await chain.Coordinator.MakeBlock(new()))!.TransactionCount);
            Assert.Empty(await folder.Journal.ReadPoolAsync(TestContext.Current.CancellationToken));
            Assert.Equal(sent.Select(x => x.Hash).Order(), (await chain.BlocksAsync()).Single().Transactions.Select(x => x.Hash).Order());
        }
    }
}
