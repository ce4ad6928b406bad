using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Grid.Node.Bench;
using Grid.Node.Bench.Block;
using Grid.Node.Bench.Block.Workloads;
using Grid.Node.Commands;

namespace Grid.Benchmarks.Transactions;

/// <summary>
/// The same number of transfers between disjoint pairs of accounts, by Orleans Transactions and by Grid, each on one silo in this process
/// and in memory. Grid's transfers are signed Ethereum transactions: its figure includes recovering the senders and the block's roots.
/// </summary>
internal static class TransfersCommand
{
    private const int MaxTransfers = 50_000, MaxInFlight = 4_096, MaxRounds = 100;

    private const ulong Seed = 1;

    /// <summary>No round is begun after this: how long one takes depends on the machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    public static RootCommand Create()
    {
        var transfers = CommonOptions.Count("--transfers", "A round, in both systems.", 4_000, MaxTransfers);
        var inFlight = CommonOptions.Count("--in-flight", "Transfers at once, by Orleans Transactions.", 200, MaxInFlight);
        var rounds = CommonOptions.Count("--rounds", "At most so many are measured, after one to warm up; the figures are medians.", 7, MaxRounds);
        var lanes = CommonOptions.Lanes("Grid's threads that execute and apply.");
        var command = new RootCommand("Transfers a second between disjoint pairs of accounts: Orleans Transactions beside Grid, on one silo each.")
        {
            transfers, inFlight, rounds, lanes,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(transfers), parsed.GetValue(inFlight), parsed.GetValue(rounds), parsed.GetValue(lanes), parsed.InvocationConfiguration.Output, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int transfers, int inFlight, int rounds, int lanes, TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{transfers} transfers a round between disjoint pairs of accounts, one silo in this process, in memory"));
        var orleans = await MeasureOrleansAsync(transfers, inFlight, rounds, output, cancellation);
        if (orleans is not { } perS)
        {
            return ExitCode.Failure;
        }
        var workload = WorkloadGenerator.Generate(WorkloadDescription.Parse("transfers:conflict=0"), transfers, Seed);
        workload = await SequentialOracle.CompleteAsync(workload, cancellation);
        await using var engine = new GridEngine(workload, silos: 1, lanes);
        var result = await new BlockBenchmark(workload, engine, transfers).RunAsync(silos: 1, lanes, rounds, cancellation);
        var gridPerS = transfers / (result.RecoverMs + result.TotalMs) * 1000;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  Grid: {gridPerS:F0} a second: {lanes} lane(s), {result.RecoverMs:F0} ms to recover the senders, {result.TotalMs:F0} ms from the plan to the commit, roots {(result.Ok is true ? "right" : "WRONG")}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Grid over Orleans Transactions: {transfers / result.TotalMs * 1000 / perS:F0} from the plan to the commit, {gridPerS / perS:F1} with the senders' recovery, which a transfer without a signature doesn't need"));
        return result.Ok is true ? ExitCode.Ok : ExitCode.Failure;
    }

    /// <summary>The median of the rounds, in transfers a second; null where transfers were lost.</summary>
    private static async Task<double?> MeasureOrleansAsync(int transfers, int inFlight, int rounds, TextWriter output, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var silo = await TransactionalSilo.StartAsync(transfers, inFlight);
        var done = new List<TransactionRound> { await silo.RunAsync(inFlight) };
        while (done.Count <= rounds && (done.Count == 1 || Stopwatch.GetElapsedTime(started) < Patience))
        {
            cancellation.ThrowIfCancellationRequested();
            done.Add(await silo.RunAsync(inFlight));
        }
        var aborted = done.Sum(round => round.Aborted);
        var expected = ((long)transfers * done.Count) - aborted;
        var arrived = await silo.CountArrivedAsync(inFlight);
        var isRight = arrived >= expected && arrived <= expected + done.Sum(round => round.InDoubt);
        var perS = Sample.Median([.. done.Skip(1).Select(round => round.TransfersPerS)]);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  Orleans Transactions: {perS:F0} a second: {inFlight} in flight, median of {done.Count - 1} rounds, {aborted} aborted, balances {(isRight ? "right" : "WRONG")}"));
        return isRight ? perS : null;
    }
}
