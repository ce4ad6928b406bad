using System.Collections.Concurrent;

namespace Grid.Execution.Waves;

/// <summary>Tables of executions that are over, to be used again: a part takes one, and gives it back when the block is done with.</summary>
/// <remarks>Safe because the bag hands each memory to one taker; what is given back is no longer used by the giver.</remarks>
/// <param name="kept">The most that are kept.</param>
public sealed class ExecutionMemoryPool(int kept)
{
    private readonly ConcurrentBag<ExecutionMemory> _free = [];
    private readonly ConcurrentBag<Planner> _planners = [];

    public ExecutionMemory Take() => _free.TryTake(out var memory) ? memory : new ExecutionMemory();

    public void Return(ExecutionMemory memory)
    {
        if (_free.Count < kept)
        {
            _free.Add(memory);
        }
    }

    internal Planner TakePlanner() => _planners.TryTake(out var planner) ? planner : new Planner();

    internal void Return(Planner planner)
    {
        if (_planners.IsEmpty)
        {
            _planners.Add(planner);
        }
    }
}
