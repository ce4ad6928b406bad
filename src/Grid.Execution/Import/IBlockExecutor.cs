using Grid.Chain;
using Grid.State;

namespace Grid.Execution.Import;

/// <summary>A way to execute a given block on a state that is all in memory. Whichever it is, the result is the same, bit for bit. One block at a time.</summary>
public interface IBlockExecutor
{
    /// <summary>Executes a block whose header and body are valid in themselves.</summary>
    /// <param name="state">The state after the block's parent.</param>
    ImportExecution Execute(BlockEnvironment environment, Block block, WorldTrie state);
}

/// <summary>One transaction after the other.</summary>
public sealed class SequentialBlockExecutor : IBlockExecutor
{
    private readonly ExecutionMemory _memory = new();

    public ImportExecution Execute(BlockEnvironment environment, Block block, WorldTrie state)
    {
        var executor = new SequentialExecutor(
            environment, ExecutionMode.Import, block.Transactions, state, block.Ommers, world => state.Apply(world.CollectChanges()).Root, _memory);
        return executor.Run() switch
        {
            ExecutionStatus.Complete => new ImportExecution(executor.Result, default),
            ExecutionStatus.Invalid => new ImportExecution(null, executor.Error),
            _ => throw new InvalidOperationException("A state that is all in memory misses something."),
        };
    }
}
