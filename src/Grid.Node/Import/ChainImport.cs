using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Grains.Coordinator;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Node.Import;

/// <summary>A block that the chain refused.</summary>
public sealed record RefusedBlock(ulong Number, Hash256 Hash, BlockError Error);

/// <summary>What an import came to.</summary>
/// <param name="Head">The chain's head afterwards.</param>
/// <param name="Blocks">Blocks imported.</param>
/// <param name="Known">Blocks that the chain had already.</param>
/// <param name="Transactions">Transactions in the blocks imported.</param>
/// <param name="GasUsed">Their gas.</param>
/// <param name="ListsUsed">Blocks whose access list was exact, so that all transactions ran at once.</param>
/// <param name="ListsRefused">Blocks whose access list was wrong, and made no difference but time.</param>
/// <param name="Refused">The block at which it ended early; null where all were taken.</param>
public sealed record ImportSummary(BlockHeader Head, int Blocks, int Known, long Transactions, long GasUsed, int ListsUsed, int ListsRefused, RefusedBlock? Refused);

/// <summary>Feeds blocks to a grid's coordinator, one after the other: each is committed before the next is sent.</summary>
/// <param name="grains">Any silo's.</param>
public sealed class ChainImport(IGrainFactory grains)
{
    private readonly IBlockCoordinatorGrain _coordinator = grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
    private readonly IChainReaderGrain _reader = grains.GetGrain<IChainReaderGrain>(0);

    /// <summary>Imports until the end or the first block that is refused.</summary>
    /// <param name="onBlock">Told of each block that is done, with its length in bytes.</param>
    public async Task<ImportSummary> RunAsync(IEnumerable<FileBlock> blocks, Action<int>? onBlock, CancellationToken cancellation)
    {
        int imported = 0, known = 0, used = 0, wrong = 0;
        long transactions = 0, gasUsed = 0;
        RefusedBlock? refused = null;
        var head = (await _reader.GetChainInfo()).Head;
        foreach (var (block, length, list) in blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            if (block.Header.Number <= head.Number && await IsKnownAsync(block))
            {
                known++;
            }
            else
            {
                var result = await _coordinator.ImportBlock(new BlockImport(block, length, list));
                if (result.Committed is not { } committed)
                {
                    refused = new RefusedBlock(block.Header.Number, block.Hash, result.Error);
                    break;
                }
                head = committed.Header;
                imported++;
                transactions += committed.TransactionCount;
                gasUsed += (long)committed.Header.GasUsed;
                used += committed.Execution.AccessList == AccessListUse.Used ? 1 : 0;
                wrong += committed.Execution.AccessList is AccessListUse.Malformed or AccessListUse.TooLarge or AccessListUse.Wrong ? 1 : 0;
            }
            onBlock?.Invoke(length);
        }
        return new ImportSummary((await _reader.GetChainInfo()).Head, imported, known, transactions, gasUsed, used, wrong, refused);
    }

    private async Task<bool> IsKnownAsync(Block block) => await _reader.GetBlock(BlockSelector.At(block.Header.Number)) is { } view && view.Block.Hash == block.Hash;
}
