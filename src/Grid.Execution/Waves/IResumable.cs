using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>Work on a lane that stops where state isn't at hand, and goes on from there. One thread at a time.</summary>
public interface IResumable
{
    /// <summary>Runs until all is done or state is missing.</summary>
    ExecutionStatus Run();

    /// <summary>What is missing, each once; empty unless the status is StateMiss.</summary>
    IReadOnlyCollection<StateMiss> Misses { get; }

    /// <summary>Replaces the reader by one of the same state that has more of it at hand, before going on.</summary>
    void Continue(IStateReader reader);
}
