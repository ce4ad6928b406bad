using Grid.Execution;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// Over a state of which nothing is at hand: each read is a miss first. What is missed is brought, one piece or all of it, and the execution goes on,
/// as a lane does with the state of other silos.
/// </summary>
internal sealed class MissingStatePath : IExecutionPath
{
    /// <summary>More pieces than any case's gas pays for.</summary>
    private const int MaxRounds = 20_000;

    public string Name => "missing state";

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        // By single pieces in each fourth case: more stops, in more places.
        var atOnce = prepared.Source.Index % 4 == 1 ? 1 : int.MaxValue;
        var state = new ForgetfulState(prepared.State);
        var executor = new SequentialExecutor(
            prepared.Environment, ExecutionMode.Build, prepared.Transactions, state, intermediateRoot: CaseResult.RootsOver(prepared.State));
        for (var round = 0; round < MaxRounds; round++)
        {
            var status = executor.Run();
            if (status == ExecutionStatus.Complete)
            {
                return CaseResult.Of(executor.Result!, prepared.State).CompareWith(oracle);
            }
            if (status == ExecutionStatus.Invalid)
            {
                return [new Difference("block", "error", $"{executor.Error.Code}", "none")];
            }
            if (executor.Misses.Take(atOnce).Count(state.Bring) == 0)
            {
                return [new Difference("missing state", "misses", string.Join(", ", executor.Misses.DefaultIfEmpty()),
                    "something that isn't at hand yet")];
            }
            executor.Continue(state);
        }
        return [new Difference("missing state", "rounds", $"{MaxRounds}", "fewer")];
    }
}
