using Grid.Chain;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Grid.Grains.Reader;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.Storage.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Grains.Tests.Coordinator;

/// <summary>Journal and store are given another chain while the cluster runs: after the recovery nothing of the chain before may be seen.</summary>
public sealed class ReplacedChainTests
{
    private static readonly Address Poor = Address.FromNumber(0x1234);

    private static readonly GridOptions Options = TestChain.DefaultOptions with { StoreInterval = TimeSpan.FromDays(1), StatesKept = 1, StoreLagBlocksMax = 1 };

    [Theory]
    // The height at which the chain before is left, and the number of silos. At 0 shards are at the new head's height, with other content.
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public async Task Another_chain_is_taken_and_built_on(int height, int silos)
    {
        var (journal, store) = (new RewindingJournal(), new RewindingStateStore());
        await using var grid = await TestChain.StartAsync(silos, Options, journal: journal, store: store);
        var before = (await grid.Reader.GetChainInfo()).Head;
        for (var i = 0; i < height; i++)
        {
            before = (await grid.MakeAsync(grid.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000), grid.Transfer(1, Poor, 7))).Header;
            await grid.Reader.GetBlock(BlockSelector.At((ulong)i));
        }
        var other = Other();
        journal.Clear();
        store.Clear();
        var header = await GenesisInstaller.InstallAsync(other, journal, store, ShardLayout.Sixteen, TestContext.Current.CancellationToken);
        await grid.Coordinator.Recover();
        Assert.NotEqual(before.Hash, header.Hash);
        foreach (var silo in grid.Cluster.Silos)
        {
            var snapshot = silo.Services.GetRequiredService<SiloSnapshot>();
            Assert.Equal(header.Hash, snapshot.Head!.Header.Hash);
            Assert.Equal(0UL, snapshot.OldestNumber);
            Assert.Equal(header.Hash, (await silo.Services.GetRequiredService<BlockCache>().GetAsync(0))!.Block.Hash);
        }
        // The same transactions as before, on the other state.
        var made = await grid.Coordinator.MakeBlock(new()
        {
            Transactions = [grid.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000, nonce: 0), grid.Sign(1, Poor, 7, [], 21_000, nonce: 0)],
            Timestamp = header.Timestamp + 12,
        });
        Assert.Equal((2, 0), (made!.TransactionCount, made.Rejected));
        var blocks = await grid.BlocksAsync();
        Assert.Equal(made.Header.Hash, Assert.Single(blocks).Hash);
        SequentialOracle.Replay(other, blocks);
    }

    private static Genesis Other() => new()
    {
        Spec = Options.Genesis.Spec,
        Accounts = [.. Options.Genesis.Accounts, .. Enumerable.Range(0, 40).Select(i => new GenesisAccount(Address.FromNumber(0x7700 + (ulong)i), 1))],
        Timestamp = TestChain.GenesisTimestamp,
        GasLimit = Options.Genesis.GasLimit,
        BaseFeePerGas = Options.Genesis.BaseFeePerGas,
    };
}
