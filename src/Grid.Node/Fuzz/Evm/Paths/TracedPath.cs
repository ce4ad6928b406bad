using Grid.Execution;
using Grid.Node.Fixtures;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>With a tracer that wants steps: another translation of the code, without fused instructions. Counts what was reached.</summary>
internal sealed class TracedPath(EvmCoverage coverage) : IExecutionPath
{
    public string Name => "traced";

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        var tracer = new CoverageTracer(coverage, prepared.Fork);
        var executor = new SequentialExecutor(
            prepared.Environment, ExecutionMode.Build, prepared.Transactions, prepared.State, intermediateRoot: CaseResult.RootsOver(prepared.State))
        {
            Tracer = tracer,
        };
        if (executor.Run() != ExecutionStatus.Complete)
        {
            return [new Difference("block", "error", $"{executor.Error.Code}", "none")];
        }
        var differences = CaseResult.Of(executor.Result!, prepared.State).CompareWith(oracle);
        CaseResult.Compare(differences, "trace", "order", tracer.Fault ?? "", "");
        coverage.Count(executor.Result!);
        return differences;
    }
}
