using System.Collections.Concurrent;

namespace Grid.Execution.Waves;

/// <summary>Tables of executions that are over, to be used again: a part takes one, and gives it back when the block is done with.</summary>
/// <remarks>
/// Safe because the stack hands each memory to one taker; what is given back is no longer used by the giver. Not a bag: that keeps what it holds in each thread's
/// own storage, which outlives it.
/// </remarks>
/// <param name="kept">The most that are kept.</param>
public sealed class ExecutionMemoryPool(int kept)
{
    private readonly ConcurrentStack<ExecutionMemory> _free = [];
    private readonly ConcurrentStack<Planner> _planners = [];

    public ExecutionMemory Take() => _free.TryPop(out var memory) ? memory : new ExecutionMemory();

    public void Return(ExecutionMemory memory)
    {
        if (_free.Count < kept)
        {
            _free.Push(memory);
        }
    }

    internal Planner TakePlanner() => _planners.TryPop(out var planner) ? planner : new Planner();

    internal void Return(Planner planner)
    {
        if (_planners.IsEmpty)
        {
            _planners.Push(planner);
        }
    }
}
