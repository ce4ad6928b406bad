using System.Globalization;
using Grid.Node.Torture;
using Grid.Node.Torture.Cluster;
using Grid.Testing;

namespace Grid.Node.Bench.Cluster;

/// <summary>What `grid bench cluster --join` was asked for.</summary>
/// <param name="Silos">Before the one that joins.</param>
/// <param name="Rate">Transfers that are sent a second.</param>
/// <param name="Seconds">How long each phase lasts: as usual, after a silo was started, and after one was told to leave.</param>
internal sealed record JoiningOptions(int Silos, int Seconds, int Accounts, int Rate, int Lanes);

/// <summary>What it came to. Scripts read these names.</summary>
/// <param name="UsualTxPerS">Committed a second before anything happens, and no more than are sent: who is behind and catches up commits more.</param>
/// <param name="JoinRecoveryS">From when the silo's process is started until throughput stays at nine tenths of that; as long as the phase where it doesn't.</param>
/// <param name="LeaveRecoveryS">The same from SIGTERM on; it goes to the silo that has the coordinator.</param>
/// <param name="JoinTxPerS">Committed a second in windows of two seconds, from when the silo's process is started.</param>
/// <param name="LeaveTxPerS">The same from SIGTERM on.</param>
/// <param name="LeaveExitCode">The silo's that left.</param>
/// <param name="Retried">Requests that were answered with "not now, ask again": what a client library does.</param>
/// <param name="Failed">Requests that weren't answered, or with what a client library doesn't ask again after.</param>
/// <param name="Failures">Some of them.</param>
internal sealed record JoiningResult(
    int Silos, int Seconds, int Accounts, int Rate, double UsualTxPerS, double JoinRecoveryS, double LeaveRecoveryS, IReadOnlyList<double> JoinTxPerS, IReadOnlyList<double> LeaveTxPerS, int? LeaveExitCode, long Transfers, long Retried, long Failed,
    IReadOnlyList<string> Failures, bool AllCommitted)
{
    /// <summary>For people.</summary>
    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Silos} silos, {Rate} transfers a second between {Accounts} accounts: {UsualTxPerS:F0} tx/s committed as usual
        a silo joined: 90 % again after {JoinRecoveryS:F0} s; the coordinator's silo left: 90 % again after {LeaveRecoveryS:F0} s, exit code {LeaveExitCode}
        tx/s in windows of {JoiningBenchmark.WindowS} s: {List(JoinTxPerS)} after the one joined, {List(LeaveTxPerS)} after the other was told to leave
        {Transfers} transfers committed, {Retried} answers "not now", {Failed} requests failed{string.Concat(Failures.Select(failure => $"\n  {failure}"))}
        {(AllCommitted ? "all that was accepted is committed" : "accepted transfers are MISSING in the blocks")}
        """);

    private static string List(IReadOnlyList<double> rates) => string.Join(' ', rates.Select(rate => rate.ToString("F0", CultureInfo.InvariantCulture)));
}

/// <summary>A cluster under load that a silo joins, and then the coordinator's silo leaves.</summary>
internal static class JoiningBenchmark
{
    private const int Gateways = 2, SendersMax = 8;

    public const double WindowS = 2;

    private const double Part = 0.9;

    private const string BlockTimeMs = "200";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30), LeaveLimit = TimeSpan.FromSeconds(60), AnswerLimit = TimeSpan.FromMinutes(1), DrainLimit = TimeSpan.FromMinutes(1), LookInterval = TimeSpan.FromMilliseconds(200);

    /// <param name="say">Told of each step.</param>
    public static async Task<JoiningResult> RunAsync(JoiningOptions options, Action<string> say, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("grid-join-").FullName;
        try
        {
            var genesis = Path.Combine(folder, "genesis.json");
            TransferLoad.WriteGenesis(genesis, options.Accounts);
            await using var server = await PostgresServer.StartAsync("shared_buffers=256MB");
            await using var cluster = new TorturedCluster(
                server, options.Silos + 1, Gateways, ["--genesis", genesis, "--block-time", BlockTimeMs, "--lanes", options.Lanes.ToString(CultureInfo.InvariantCulture)]);
            await cluster.StartAsync(options.Silos);
            var load = TransferLoad.Sign(options.Accounts, (long)(WarmUp.TotalSeconds + (3 * options.Seconds) + LeaveLimit.TotalSeconds) * options.Rate);
            say($"{options.Silos} silos are up, and the transfers signed");
            return await MeasureAsync(options, cluster, load, say, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JoiningResult> MeasureAsync(JoiningOptions options, TorturedCluster cluster, TransferLoad load, Action<string> say, CancellationToken cancellation)
    {
        var phase = TimeSpan.FromSeconds(options.Seconds);
        HttpClient[] targets = [.. cluster.Gateways.Select(gateway => new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.Client.Address, Timeout = AnswerLimit })];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = new CommitWatch(targets[0]);
        var watching = watch.RunAsync(stop.Token);
        var sending = load.RunAsync(targets, options.Rate, SendersMax, end.Token);
        await Task.Delay(WarmUp, cancellation);
        var begun = watch.Now;
        await Task.Delay(phase, cancellation);
        var joins = watch.Now;
        var usual = CommittedBlock.RatesOf(watch.Blocks, begun, joins, joins - begun) is [var rate] ? Math.Min(rate, options.Rate) : 0;
        say($"{usual.ToString("F0", CultureInfo.InvariantCulture)} tx/s; a silo is started");
        cluster.StartSilo(options.Silos);
        await Task.Delay(phase, cancellation);
        var leaves = watch.Now;
        var coordinator = await CoordinatorAsync(cluster, cancellation);
        say($"silo {coordinator} has the coordinator, and is told to leave");
        var leaving = cluster.LeaveAsync(coordinator, LeaveLimit);
        await Task.Delay(phase, cancellation);
        var ended = watch.Now;
        var exitCode = await leaving;
        await end.CancelAsync();
        await sending;
        var drains = watch.Now;
        while (watch.Transactions < load.Accepted && watch.Now - drains < DrainLimit.TotalSeconds)
        {
            await Task.Delay(LookInterval, cancellation);
        }
        await stop.CancelAsync();
        await watching;
        foreach (var target in targets)
        {
            target.Dispose();
        }
        var (afterJoin, afterLeave) = (RatesOf(joins, leaves), RatesOf(leaves, ended));
        return new JoiningResult(
            options.Silos, options.Seconds, options.Accounts, options.Rate, Math.Round(usual, 1), RecoveryS(afterJoin), RecoveryS(afterLeave), afterJoin, afterLeave, exitCode, watch.Transactions,
            load.Retried, load.Failed, load.Failures, watch.Transactions >= load.Accepted);

        double[] RatesOf(double from, double to) => CommittedBlock.RatesOf(watch.Blocks, from, to, WindowS);

        double RecoveryS(double[] rates) => CommittedBlock.RecoveryS(rates, usual, Part, WindowS);
    }

    /// <summary>Asks until a gateway can say who has it.</summary>
    private static async Task<int> CoordinatorAsync(TorturedCluster cluster, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                if (await cluster.FindCoordinatorAsync(cluster.Gateways[0].Client) is { } number)
                {
                    return number;
                }
            }
            catch (TortureRetryException)
            {
                // Not now.
            }
            await Task.Delay(LookInterval, cancellation);
        }
    }
}
