using Grid.Chain;
using Grid.Grains.Reader;
using Grid.Primitives;
using Grid.Storage.RocksDb;

namespace Grid.Grains.Tests.Shards;

/// <summary>A cluster that may keep nothing in memory that the store has: blocks, reads and restarts are what they are otherwise.</summary>
public sealed class SmallMemoryTests : IDisposable
{
    private const int Blocks = 40, TransfersPerBlock = 30, Receivers = 4_000;

    private static readonly GridOptions Options = TestChain.DefaultOptions with
    {
        StateBytesMax = 1,
        StatesKept = 2,
        StoreLagBlocksMax = 2,
        StoreInterval = TimeSpan.FromMilliseconds(1),
        EvictInterval = TimeSpan.FromMilliseconds(3),
        Lanes = 2,
    };

    private static readonly Address Store = Evm.ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);

    private static readonly Address Fill = Evm.ContractAddress.FromNonce(DevelopmentAccounts.Signers[1].Address, 0);

    private readonly string _path = Directory.CreateTempSubdirectory("grid-memory-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public async Task Blocks_are_those_of_sequential_execution(int silos, int seed)
    {
        var random = new Random(seed);
        var expected = new Dictionary<UInt256, UInt256>();
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var chain = await TestChain.StartAsync(silos, Options, journal: folder.Journal, store: folder.Store);
            await chain.MakeAsync(chain.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000), chain.Sign(1, null, 0, TestContracts.FillInitcode, 300_000));
            for (var block = 0; block < Blocks; block++)
            {
                var transactions = Enumerable.Range(0, TransfersPerBlock).Select(_ => chain.Transfer(random.Next(2, 9), Receiver(random), (UInt256)(ulong)random.Next(1, 100))).ToList();
                for (var i = 0; i < 5; i++)
                {
                    UInt256 slot = (ulong)random.Next(1, 300), value = (ulong)random.Next(0, 3);
                    expected[slot] = value;
                    transactions.Add(chain.Sign(9, Store, 0, TestContracts.StoreCall(slot, value), 120_000));
                }
                if (block % 8 == 0)
                {
                    transactions.Add(chain.Sign(0, Fill, 0, ((UInt256)(ulong)(block * 100)).ToBigEndian(), 16_000_000));
                }
                await chain.MakeAsync([.. transactions]);
                // Readers load at the same time as blocks do, and as shards let go.
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => chain.Reader.GetAccount(Receiver(random), BlockSelector.Latest)));
            }
            var blocks = await chain.BlocksAsync();
            Assert.Equal(blocks[^1].Header.StateRoot, SequentialOracle.Replay(chain.Options.Genesis, blocks).Root);
            await AssertSlotsAsync(chain, expected);
        }
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var chain = await TestChain.StartAsync(silos, Options, journal: folder.Journal, store: folder.Store);
            Assert.Equal((ulong)Blocks + 1, (await chain.Reader.GetChainInfo()).Head.Number);
            await AssertSlotsAsync(chain, expected);
        }
    }

    private static Address Receiver(Random random) => Address.FromNumber(10_000 + (ulong)random.Next(Receivers));

    private static async Task AssertSlotsAsync(TestChain chain, Dictionary<UInt256, UInt256> expected)
    {
        foreach (var (slot, value) in expected)
        {
            Assert.Equal(value, await chain.Reader.GetStorage(Store, slot, BlockSelector.Latest));
        }
        Assert.Equal((UInt256)3_500, await chain.Reader.GetStorage(Fill, 3_500, BlockSelector.Latest));
    }
}
