using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Lanes.Guests;
using Grid.Grains.Hosting;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.Storage.Memory;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// The grid itself: silos in this process, a block made of each case's transactions, or the sealed block imported, with its access list, with a wrong one or with
/// none. Its header commits to everything: state, receipts, gas.
/// </summary>
/// <param name="isImport">Whether the blocks are imported, not made.</param>
internal sealed class GridPath(int silos, int lanes, bool isImport) : IBatchPath
{
    private static readonly TimeSpan BlockLimit = TimeSpan.FromSeconds(60);

    public string Name => $"grid, {(silos == 1 ? "1 silo" : $"{silos} silos")}, {(isImport ? "imported" : "made")}";

    public int BatchSize => 48;

    public int ShrinkTriesMax => 40;

    public bool Takes(PreparedCase prepared) => prepared.Fork >= Grid.Evm.Fork.Paris;

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle) => CheckAll([prepared], CancellationToken.None)?.Differences ?? [];

    public (int Place, IReadOnlyList<Difference> Differences)? CheckAll(IReadOnlyList<PreparedCase> batch, CancellationToken cancellation) =>
        CheckAllAsync(batch, GridChain.Of(batch, isImport), cancellation).GetAwaiter().GetResult();

    private async Task<(int Place, IReadOnlyList<Difference> Differences)?> CheckAllAsync(
        IReadOnlyList<PreparedCase> batch, GridChain chain, CancellationToken cancellation)
    {
        var options = new GridOptions
        {
            Genesis = chain.Genesis, Lanes = lanes, Execution = new ParallelSettings { Lanes = lanes, AlwaysSplits = true }, Placement = PlacementCosts.EvenSpread, MakeBlocks = false,
        };
        await using var cluster = await LocalCluster.StartAsync(options, silos, new MemoryJournal(), new MemoryStateStore());
        var coordinator = cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        for (var i = 0; i < chain.Blocks.Count && !cancellation.IsCancellationRequested; i++)
        {
            var differences = isImport ? await ImportAsync(coordinator, chain.Blocks[i], ListOf(batch[i], chain.Blocks[i])) : await MakeAsync(coordinator, chain.Blocks[i]);
            if (differences.Count > 0)
            {
                return (i, differences);
            }
        }
        return null;
    }

    private static async Task<List<Difference>> MakeAsync(IBlockCoordinatorGrain coordinator, GridBlock block)
    {
        var summary = await coordinator.MakeBlock(new BlockRequest
        {
            AllowEmpty = true,
            Transactions = block.Offered,
            Timestamp = block.Attributes.Timestamp,
            PrevRandao = block.Attributes.PrevRandao,
            Beneficiary = block.Attributes.Beneficiary,
            GasLimit = block.Attributes.GasLimit,
        }).WaitAsync(BlockLimit);
        var differences = CompareHeaders(summary!.Header, block.Block.Header);
        CaseResult.Compare(differences, "block", "rejected", summary.Rejected, block.Offered.Length - block.Block.Transactions.Length);
        return differences;
    }

    private static byte[]? ListOf(PreparedCase prepared, GridBlock block)
    {
        var dice = new Dice(prepared.Source.Seed ^ 0x67726964, prepared.Source.Index);
        var list = block.Result.Execution.AccessList;
        return dice.Below(4) switch
        {
            0 => null,
            1 => ListDraft.Mutate(list, dice),
            _ => list.EncodeRlp(),
        };
    }

    private static async Task<List<Difference>> ImportAsync(IBlockCoordinatorGrain coordinator, GridBlock block, byte[]? list)
    {
        Block.TryDecode(block.Block.Encode(), out var decoded, out var error);
        if (decoded is null)
        {
            return [new Difference("block", "decoding", $"{error.Code}", "none")];
        }
        var result = await coordinator.ImportBlock(new BlockImport(decoded, AccessList: list)).WaitAsync(BlockLimit);
        return result.Committed is { } summary
            ? CompareHeaders(summary.Header, block.Block.Header)
            : [new Difference("block", "error",
                $"{result.Error.Code} {result.Error.Transaction.Code}, have {result.Error.Have}, want {result.Error.Want}", "none")];
    }

    private static List<Difference> CompareHeaders(BlockHeader have, BlockHeader want)
    {
        var differences = new List<Difference>();
        CaseResult.Compare(differences, "block", "gas used", have.GasUsed, want.GasUsed);
        CaseResult.Compare(differences, "block", "blob gas used", have.BlobGasUsed, want.BlobGasUsed);
        CaseResult.Compare(differences, "block", "logs bloom", Hex.Encode(have.LogsBloom.Span), Hex.Encode(want.LogsBloom.Span));
        CaseResult.Compare(differences, "block", "transactions root", have.TransactionsRoot, want.TransactionsRoot);
        CaseResult.Compare(differences, "block", "receipts root", have.ReceiptsRoot, want.ReceiptsRoot);
        CaseResult.Compare(differences, "block", "requests hash", have.RequestsHash, want.RequestsHash);
        CaseResult.Compare(differences, "state", "root", have.StateRoot, want.StateRoot);
        CaseResult.Compare(differences, "block", "hash", have.Hash, want.Hash);
        return differences;
    }
}
