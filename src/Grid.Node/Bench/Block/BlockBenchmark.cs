using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Grid.Chain;
using Grid.Crypto;

namespace Grid.Node.Bench.Block;

/// <summary>What a benchmark of a block gave: medians, in milliseconds. Scripts read these names.</summary>
/// <param name="TotalMs">All stages after recovery.</param>
/// <param name="Ok">Whether roots, gas and bloom are right in every run; null where nothing says what is right.</param>
/// <param name="AnvilMs">anvil's `evm_mine` of the same transactions; null unless asked for.</param>
/// <param name="Ratio">anvil's time over <paramref name="TotalMs"/>.</param>
public sealed record BlockResult(
    string Workload,
    int Transactions,
    string Engine,
    int Silos,
    int Lanes,
    double RecoverMs,
    double PlanMs,
    double ExecuteMs,
    double ApplyMs,
    double RootMs,
    double CommitMs,
    double TotalMs,
    double TxPerS,
    double MgasPerS,
    ulong GasUsed,
    string StateRoot,
    string ReceiptsRoot,
    bool? Ok,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? AnvilMs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Ratio = null)
{
    /// <summary>For people: what was measured, the stages, and whether it's right.</summary>
    public IEnumerable<string> ToLines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{Workload}: {Transactions} transactions, {GasUsed} gas; engine {Engine}, {Silos} silo{(Silos == 1 ? "" : "s")}, {Lanes} lane{(Lanes == 1 ? "" : "s")}");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"  recover {RecoverMs:F1} | plan {PlanMs:F1} + execute {ExecuteMs:F1} + apply {ApplyMs:F1} + root {RootMs:F1} + commit {CommitMs:F1} = {TotalMs:F1} ms");
        yield return string.Create(CultureInfo.InvariantCulture, $"  {TxPerS:F0} tx/s, {MgasPerS:F1} Mgas/s");
        yield return $"  state root {StateRoot}, receipts root {ReceiptsRoot}: {(Ok is null ? "not compared" : Ok.Value ? "right" : "WRONG")}";
        if (Ratio is { } ratio)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  anvil {AnvilMs:F1} ms; ratio {ratio:F2}");
        }
    }
}

/// <summary>Runs an engine on a workload: once or more to warm up, then measured.</summary>
public sealed class BlockBenchmark(BlockWorkload workload, IBlockEngine engine)
{
    /// <summary>
    /// Warm-up goes on until it has taken this long, so that what runs often is compiled for good: with 2 seconds the grid's blocks still
    /// took several times as long as after 6. Who asks for one run wants the roots, and gets one run to warm up.
    /// </summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    private const int MaxWarmUps = 100;

    /// <param name="transactions">The first this many.</param>
    public async Task<BlockResult> RunAsync(int transactions, int silos, int lanes, int runs, CancellationToken cancellation)
    {
        var isRight = true;
        var started = Stopwatch.GetTimestamp();
        var limit = runs == 1 ? 1 : MaxWarmUps;
        for (var i = 0; i < limit && (i == 0 || Stopwatch.GetElapsedTime(started) < WarmUp); i++)
        {
            isRight &= await RunOnceAsync(transactions, cancellation) is { Ok: not false };
        }
        var measured = new List<Measured>();
        for (var i = 0; i < runs; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            measured.Add(await RunOnceAsync(transactions, cancellation));
        }
        isRight &= measured.TrueForAll(run => run.Ok is not false);
        var totalMs = MedianOf(measured, run => run.Run.Times.TotalMs);
        var header = measured[0].Run.Header;
        return new BlockResult(
            workload.Name, transactions, engine.Name, silos, lanes,
            MedianOf(measured, run => run.RecoverMs),
            MedianOf(measured, run => run.Run.Times.PlanMs),
            MedianOf(measured, run => run.Run.Times.ExecuteMs),
            MedianOf(measured, run => run.Run.Times.ApplyMs),
            MedianOf(measured, run => run.Run.Times.RootMs),
            MedianOf(measured, run => run.Run.Times.CommitMs),
            totalMs,
            Sample.Round(transactions / totalMs * 1000), Sample.Round(header.GasUsed / totalMs / 1000),
            header.GasUsed, header.StateRoot.ToString(), header.ReceiptsRoot.ToString(),
            measured[0].Ok is null && isRight ? null : isRight);
    }

    private sealed record Measured(BlockRun Run, double RecoverMs, bool? Ok);

    private static double MedianOf(List<Measured> runs, Func<Measured, double> value) => Sample.Round(Sample.Median([.. runs.Select(value)]));

    private async Task<Measured> RunOnceAsync(int count, CancellationToken cancellation)
    {
        // Decoded anew each time: a transaction keeps its sender once it is known.
        var transactions = Array.ConvertAll(workload.Transactions[..count], raw => Transaction.Decode(raw));
        var started = Stopwatch.GetTimestamp();
        Parallel.ForEach(transactions, transaction =>
        {
            // A pool knows both before a block is made.
            transaction.TryGetSender(out _);
            _ = transaction.Hash;
        });
        var recoverMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        CollectGarbage();
        var run = await engine.RunAsync(transactions, cancellation);
        return new Measured(run, recoverMs, Check(run, count));
    }

    /// <summary>One run doesn't pay for the garbage of another.</summary>
    private static void CollectGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private bool? Check(BlockRun run, int count)
    {
        if (run.Included != count)
        {
            return false;
        }
        return workload.ExpectedOf(count) is not { } expected ? null
            : run.Header.StateRoot.ToString() == expected.StateRoot
                && run.Header.ReceiptsRoot.ToString() == expected.ReceiptsRoot
                && run.Header.GasUsed == expected.GasUsed
                && Keccak256.Hash(run.Header.LogsBloom.Span).ToString() == expected.LogsBloomHash;
    }
}
