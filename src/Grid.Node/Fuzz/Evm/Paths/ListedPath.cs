using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Node.Fixtures;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// All transactions at once on the block's access list: on the right one, which must be used, and on wrong ones, which must not be, and change nothing. 1 to 4
/// lanes, work in any order with random delays, and some of the time with nothing of the state at hand at first.
/// </summary>
/// <param name="coverage">Counts what becomes of lists.</param>
internal sealed class ListedPath(EvmCoverage coverage) : IExecutionPath
{
    private const int WrongLists = 3;

    private readonly ExecutionMemoryPool _memories = new(64);

    public string Name => "on its list";

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        var dice = new Dice(prepared.Source.Seed ^ 0x6c697374, prepared.Source.Index);
        var right = oracle.Execution.AccessList.EncodeRlp();
        var isMissing = dice.OneIn(4);
        var differences = Run(prepared, oracle, dice, right, isMissing, out var use);
        // Code is missed transaction by transaction, and after some rounds that isn't worth it.
        if (use != AccessListUse.Used && !(isMissing && use == AccessListUse.Wrong) && !IsBeyondLists(prepared, oracle))
        {
            differences.Add(new Difference("access list", "use", $"{use}", $"{AccessListUse.Used}"));
        }
        for (var i = 0; i < WrongLists && differences.Count == 0; i++)
        {
            var list = ListDraft.Mutate(oracle.Execution.AccessList, dice);
            differences.AddRange(Run(prepared, oracle, dice, list, isMissing, out use));
            if (use == AccessListUse.Used && !list.AsSpan().SequenceEqual(right))
            {
                differences.Add(new Difference("access list", "use of a wrong one", $"{use}", $"{AccessListUse.Wrong}"));
            }
        }
        return differences;
    }

    /// <summary>Whether the list can't say all that happens.</summary>
    private static bool IsBeyondLists(PreparedCase prepared, CaseResult oracle) =>
        prepared.Fork < Fork.Byzantium || AccessListProof.HasEmptyAccounts(oracle.Execution.AccessList);

    private List<Difference> Run(PreparedCase prepared, CaseResult oracle, Dice dice, byte[] list, bool isMissing, out AccessListUse use)
    {
        var settings = new ParallelSettings { Lanes = 1 << dice.Below(3), BatchesPerLane = 1 << dice.Below(4), AlwaysSplits = true };
        IStateReader reader = isMissing ? new ForgetfulState(prepared.State) : prepared.State;
        var execution = new ParallelExecution(
            prepared.Environment, ExecutionMode.Import, oracle.Execution.Transactions, reader, NoPredictor.Instance, settings, _memories)
        {
            AccessList = list,
            IntermediateRoot = CaseResult.RootsOver(prepared.State),
        };
        while (execution.Next() is { Count: > 0 } wave)
        {
            var order = wave.ToArray();
            dice.Shuffle(order);
            var delays = dice.Next();
            WaveRunner.RunWave(order, settings.Lanes, work =>
            {
                ParallelPath.Delay(Interlocked.Add(ref delays, 0x9e3779b97f4a7c15));
                ParallelPath.RunToEnd(work, prepared.State, isMissing);
            });
        }
        execution.Release();
        use = execution.Report.AccessList;
        coverage.CountList(use);
        return execution.Result is { } result
            ? CaseResult.Of(result, prepared.State).CompareWith(oracle, withRejected: false)
            : [new Difference("block", "error", $"{execution.Error.Code}", "none")];
    }
}
