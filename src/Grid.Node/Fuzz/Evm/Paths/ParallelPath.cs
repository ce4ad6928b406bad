using Grid.Chain;
using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Node.Fixtures;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// In parallel: 1 to 8 lanes, batches of any size, predictions that are right, random, absent or made to do harm, work in any order with random
/// delays, some of it as if another process did it, and
/// some of the time with nothing of the state at hand at first. What follows from the case's seed and index are the choices, not the
/// threads' timing.
/// </summary>
/// <param name="coverage">Counts what becomes of waves.</param>
internal sealed class ParallelPath(EvmCoverage coverage) : IExecutionPath
{
    /// <summary>More pieces than any case's gas pays for.</summary>
    private const int MaxRounds = 20_000;

    private readonly ExecutionMemoryPool _memories = new(64);

    public string Name => "parallel";

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        var dice = new Dice(prepared.Source.Seed ^ 0x7061726c, prepared.Source.Index);
        var settings = new ParallelSettings { Lanes = 1 << dice.Below(4), BatchesPerLane = 1 << dice.Below(4), AlwaysSplits = true };
        var missing = dice.OneIn(4);
        IStateReader reader = missing ? new ForgetfulState(prepared.State) : prepared.State;
        var predictor = TestPredictor.Of(dice, prepared);
        // A rejection ends parallelism: most of the time only what has a place in the block is offered, as a block that is imported.
        var isImport = !dice.OneIn(3);
        var (mode, transactions) = isImport ? (ExecutionMode.Import, oracle.Execution.Transactions) : (ExecutionMode.Build, prepared.Transactions);
        var execution = new ParallelExecution(prepared.Environment, mode, transactions, reader, predictor, settings, _memories)
        {
            IntermediateRoot = CaseResult.RootsOver(prepared.State),
        };
        while (execution.Next() is { Count: > 0 } wave)
        {
            var order = wave.ToArray();
            dice.Shuffle(order);
            var delays = dice.Next();
            WaveRunner.RunWave(order, settings.Lanes, work =>
            {
                var random = Interlocked.Add(ref delays, 0x9e3779b97f4a7c15);
                Delay(random);
                if (work is ISendable batch && (random & 3) == 0)
                {
                    RunElsewhere(batch, prepared, [.. transactions]);
                    return;
                }
                RunToEnd(work, prepared.State, missing);
            });
        }
        var result = execution.Result;
        coverage.Count(execution.Report);
        execution.Release();
        return result is null
            ? [new Difference("block", "error", $"{execution.Error.Code}", "none")]
            : CaseResult.Of(result, prepared.State).CompareWith(oracle, withRejected: !isImport);
    }

    /// <summary>As another silo does it: from what it would be sent, and its outcome as bytes.</summary>
    private void RunElsewhere(ISendable batch, PreparedCase prepared, Transaction[] transactions)
    {
        var guests = new GuestBatches(prepared.Environment, transactions, [new GuestBatch(batch.Members, 0, null)], prepared.State, _memories);
        RunToEnd(guests.Work[0].Work, prepared.State, missing: false);
        batch.Adopt(guests.Encode(0));
        guests.Release();
    }

    internal static void Delay(ulong number)
    {
        switch (number >> 61)
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.SpinWait((int)(number & 0xfff));
                break;
            default:
                break;
        }
    }

    internal static void RunToEnd(IResumable work, WorldTrie all, bool missing)
    {
        var state = missing ? new ForgetfulState(all) : null;
        for (var round = 0; work.Run() == ExecutionStatus.StateMiss; round++)
        {
            if (state is null || round == MaxRounds || work.Misses.Count(state.Bring) == 0)
            {
                throw new PathException("parallel", "misses", string.Join(", ", work.Misses.DefaultIfEmpty()), "something that isn't at hand yet");
            }
            work.Continue(state);
        }
    }
}
