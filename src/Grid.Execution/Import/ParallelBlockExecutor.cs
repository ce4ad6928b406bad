using Grid.Chain;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;
using Grid.State;

namespace Grid.Execution.Import;

/// <summary>In waves on threads of this process, by what the calls of earlier blocks have taught.</summary>
/// <param name="memories">May be shared with others.</param>
public sealed class ParallelBlockExecutor(ParallelSettings settings, ExecutionMemoryPool memories) : IBlockExecutor
{
    private readonly ProfileTable _profiles = new();

    public ImportExecution Execute(BlockEnvironment environment, Block block, WorldTrie state)
    {
        var execution = new ParallelExecution(
            environment, ExecutionMode.Import, block.Transactions, state, _profiles.ForBlock(), settings, memories, block.Ommers)
        {
            IntermediateRoot = world => state.Apply(world.CollectChanges()).Root,
        };
        WaveRunner.Run(execution, settings.Lanes);
        _profiles.Learn(execution.Observe());
        execution.Release();
        return new ImportExecution(execution.Result, execution.Error);
    }
}
