using Grid.Chain;
using Grid.Execution.Waves;
using Grid.State;

namespace Grid.Execution.Import;

/// <summary>
/// Twice: one transaction after the other, which gives the block's access list, and all at once on that list, as whoever gets a block with its list does.
/// Shows that lists are exact, and saves nobody time.
/// </summary>
/// <param name="settings">Lists are used for the smallest block only where it always splits.</param>
/// <param name="memories">May be shared with others.</param>
public sealed class ListedBlockExecutor(ParallelSettings settings, ExecutionMemoryPool memories) : IBlockExecutor
{
    private readonly SequentialBlockExecutor _inOrder = new();

    public ImportExecution Execute(BlockEnvironment environment, Block block, WorldTrie state)
    {
        var first = _inOrder.Execute(environment, block, state);
        if (first.Result is not { } result)
        {
            return first;
        }
        var execution = new ParallelExecution(
            environment, ExecutionMode.Import, block.Transactions, state, NoPredictor.Instance, settings, memories, block.Ommers)
        {
            AccessList = result.AccessList.EncodeRlp(),
            IntermediateRoot = world => state.Apply(world.CollectChanges()).Root,
        };
        WaveRunner.Run(execution, settings.Lanes);
        execution.Release();
        return execution.Report.AccessList == AccessListUse.Wrong && !AccessListProof.HasEmptyAccounts(result.AccessList)
            ? throw new InvalidOperationException($"The access list of block {block.Header.Number} is refused, and is what executing it in order gave.")
            : new ImportExecution(execution.Result, execution.Error);
    }
}
