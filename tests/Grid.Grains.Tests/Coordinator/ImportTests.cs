using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Import;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Tests.Coordinator;

/// <summary>Blocks of proof of work, made in memory by sequential execution, enter the grid by the path that every import takes.</summary>
public sealed class ImportTests
{
    /// <summary>Stores 1 at slot 0 and deploys code that destroys itself.</summary>
    private static readonly byte[] Initcode = Hex.Decode("0x60016000556133ff6000526002601ef3");

    [Theory]
    [InlineData(Fork.Frontier, 1)]
    [InlineData(Fork.Homestead, 2)]
    [InlineData(Fork.SpuriousDragon, 3)]
    [InlineData(Fork.GrayGlacier, 2)]
    public async Task Blocks_before_the_merge_are_those_of_sequential_execution(Fork fork, int silos)
    {
        var genesis = Genesis(fork);
        var (tree, blocks) = Mine(genesis);
        await using var grid = await TestChain.StartAsync(silos, TestChain.DefaultOptions with { Genesis = genesis });
        foreach (var block in blocks)
        {
            var result = await grid.Coordinator.ImportBlock(new(block, block.Encode().Length));
            Assert.True(result.Error.IsNone, $"block {block.Header.Number}: {result.Error}");
        }
        Assert.Equal(tree.Head.Block.Hash, (await grid.Reader.GetChainInfo()).Head.Hash);
        var receipts = tree.Head.Outcome!.Receipts;
        Assert.Equal(fork < Fork.Byzantium, receipts[0].PostStateRoot is not null);
    }

    [Fact]
    public async Task Wrong_ommers_and_difficulties_are_refused()
    {
        var genesis = Genesis(Fork.Homestead);
        var (_, blocks) = Mine(genesis);
        await using var grid = await TestChain.StartAsync(options: TestChain.DefaultOptions with { Genesis = genesis });
        var named = blocks[0] with { Ommers = [blocks[0].Header] };
        Assert.Equal(BlockErrorCode.OmmersHashMismatch, (await grid.Coordinator.ImportBlock(new(named))).Error.Code);
        Assert.Equal(BlockErrorCode.UnknownParent, (await grid.Coordinator.ImportBlock(new(blocks[1]))).Error.Code);
        Assert.NotNull((await grid.Coordinator.ImportBlock(new(blocks[0]))).Committed);
    }

    [Fact]
    public async Task Blocks_of_proof_of_work_are_not_made()
    {
        await using var grid = await TestChain.StartAsync(options: TestChain.DefaultOptions with { Genesis = Genesis(Fork.GrayGlacier) });
        Assert.Null(await grid.Coordinator.MakeBlock(new() { AllowEmpty = true }));
        Assert.Equal(0UL, (await grid.Reader.GetChainInfo()).Head.Number);
    }

    private static Genesis Genesis(Fork fork) => new()
    {
        Spec = new ChainSpec(1, Enumerable.Range(0, (int)fork + 1).Where(f => (Fork)f != Fork.Dao).ToDictionary(f => (Fork)f, _ => 0UL)),
        Difficulty = 1_000_000,
        Timestamp = TestChain.GenesisTimestamp,
        GasLimit = 5_000_000,
        Accounts = [.. DevelopmentAccounts.Signers.Select(signer => new GenesisAccount(signer.Address, DevelopmentAccounts.BalanceWei))],
    };

    /// <summary>Three blocks of transfers, creations and calls, the last with an ommer.</summary>
    private static (ChainTree Tree, List<Block> Blocks) Mine(Genesis genesis)
    {
        var state = WorldTrie.Empty().Apply(genesis.ToAccountChanges());
        var start = new Block(genesis.ToHeader(state.Root), [], [], null);
        var tree = new ChainTree(genesis.Spec, start, state);
        var stale = Make(tree, start, [], []);
        var created = ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);
        var blocks = new List<Block>();
        Block[] Import(Block block)
        {
            Assert.Equal(default, tree.Import(block));
            blocks.Add(block);
            return [block];
        }
        Import(Make(tree, start, [Send(0, null, 0, Initcode), Send(1, Address.FromNumber(0xbeef), 0), Send(2, null, 0, Initcode)], []));
        Import(Make(tree, blocks[0], [Send(0, created, 1), Send(1, Address.FromNumber(0xbeef), 1), Send(3, Address.FromNumber(0xdead), 0)], [stale.Header]));
        Import(Make(tree, blocks[1], [Send(0, created, 2)], []));
        return (tree, blocks);
    }

    private static Transaction Send(int from, Address? to, ulong nonce, byte[]? data = null) => DevelopmentAccounts.Signers[from].Sign(new Transaction
    {
        Type = TransactionType.Legacy, Nonce = nonce, GasLimit = 200_000, MaxFeePerGas = 2_000_000_000, MaxPriorityFeePerGas = 2_000_000_000,
        To = to, Value = 7, Data = data ?? [],
    });

    private static Block Make(ChainTree tree, Block parent, Transaction[] transactions, BlockHeader[] ommers)
    {
        Assert.True(tree.TryGet(parent.Hash, out var known));
        return BlockMiner.Make(tree.Spec, parent.Header, known.State, transactions, ommers).Block;
    }
}
