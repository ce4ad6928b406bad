using System.Globalization;
using Grid.Node.Torture;
using Grid.Testing;

namespace Grid.Node.Bench.Cluster;

/// <summary>What `grid bench cluster --sustain` was asked for.</summary>
/// <param name="Rate">Transfers that are sent a second.</param>
internal sealed record SustainedOptions(int Seconds, int Accounts, int Rate, int Lanes, int BlockTimeMs);

/// <summary>What it came to. Scripts read these names.</summary>
/// <param name="Transfers">That blocks include, until all that were accepted are.</param>
/// <param name="TxPerSMedian">Committed a second, in windows of ten seconds while transfers were sent, but for the first window.</param>
/// <param name="TxPerSMin">The window with the fewest.</param>
/// <param name="BlocksPerS">Blocks a second in that time.</param>
/// <param name="StoreLagMax">Blocks that the store lacked at most.</param>
/// <param name="StoreLagEnd">Blocks that it lacked when the last transfer was sent.</param>
/// <param name="StoreLagLimit">From so many on a block waits for the store.</param>
/// <param name="MemoryMibMax">The node's memory at most.</param>
/// <param name="MemoryMibEnd">When the last transfer was sent.</param>
/// <param name="Retried">Requests that were answered with "not now, ask again".</param>
/// <param name="Failed">Requests that weren't answered, or with what asking again doesn't help with.</param>
internal sealed record SustainedResult(
    int Seconds, int Accounts, int Rate, long Transfers, double TxPerSMedian, double TxPerSMin, double BlocksPerS, double StoreLagMax, double StoreLagEnd, double StoreLagLimit,
    double MemoryMibMax, double MemoryMibEnd, long Retried, long Failed, bool AllCommitted)
{
    /// <summary>For people.</summary>
    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Transfers} transfers between {Accounts} accounts committed, {Rate} a second sent for {Seconds} s: {TxPerSMedian:F0} tx/s (median of windows of 10 s; the least {TxPerSMin:F0}), {BlocksPerS:F1} blocks/s
        store {StoreLagEnd:F0} blocks behind at the end, {StoreLagMax:F0} at most, of {StoreLagLimit:F0}; memory {MemoryMibEnd:F0} MiB at the end, {MemoryMibMax:F0} at most; {Retried} answers "not now", {Failed} requests failed
        {(AllCommitted ? "all that was accepted is committed" : "accepted transfers are MISSING in the blocks")}
        """);
}

/// <summary>One silo with its gateway over PostgreSQL, which gets transfers for some minutes.</summary>
internal static class SustainedBenchmark
{
    private const int SendersMax = 8;

    private const double WindowS = 10, MiB = 1 << 20;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10), SampleInterval = TimeSpan.FromSeconds(1), DrainLimit = TimeSpan.FromMinutes(2), AnswerLimit = TimeSpan.FromMinutes(1);

    /// <param name="say">Told of each step.</param>
    public static async Task<SustainedResult> RunAsync(SustainedOptions options, Action<string> say, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("grid-sustain-").FullName;
        try
        {
            var genesis = Path.Combine(folder, "genesis.json");
            TransferLoad.WriteGenesis(genesis, options.Accounts);
            // As an operator would set it: by default a checkpoint is forced for every gigabyte.
            await using var server = await PostgresServer.StartAsync("shared_buffers=512MB", "max_wal_size=8GB");
            await using var node = TorturedNode.Start(
                [
                    "node", "--genesis", genesis, "--listen", "127.0.0.1:0", "--block-time", options.BlockTimeMs.ToString(CultureInfo.InvariantCulture),
                    "--lanes", options.Lanes.ToString(CultureInfo.InvariantCulture),
                ],
                database: server.ConnectionString);
            using var ready = await node.ReadyAsync(StartLimit) ?? throw new TortureException($"The node ended before it answered:\n{node.Output}");
            say($"a node has made a state of {options.Accounts} accounts");
            var load = TransferLoad.Sign(options.Accounts, (long)options.Seconds * options.Rate);
            say("the transfers are signed");
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = ready.Address, Timeout = AnswerLimit };
            return await MeasureAsync(options, node, load, http, say, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<SustainedResult> MeasureAsync(SustainedOptions options, TorturedNode node, TransferLoad load, HttpClient http, Action<string> say, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = new CommitWatch(http);
        var watching = watch.RunAsync(stop.Token);
        end.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
        var sending = load.RunAsync([http], options.Rate, SendersMax, end.Token);
        double lag = 0, lagMax = 0, limit = 0, memory = 0, memoryMax = 0;
        while (!sending.IsCompleted)
        {
            var metrics = (await SiloMetrics.ReadAsync(http, [http.BaseAddress!], cancellation))[0];
            (lag, limit, memory) = (metrics["grid_store_lag"], metrics["grid_store_limit"], node.WorkingSetBytes / MiB);
            (lagMax, memoryMax) = (Math.Max(lagMax, lag), Math.Max(memoryMax, memory));
            await Task.WhenAny(sending, Task.Delay(SampleInterval, cancellation));
        }
        await sending;
        var ended = watch.Now;
        say("all is sent");
        while (watch.Transactions < load.Accepted && watch.Now - ended < DrainLimit.TotalSeconds)
        {
            await Task.Delay(SampleInterval, cancellation);
        }
        await stop.CancelAsync();
        await watching;
        var rates = CommittedBlock.RatesOf(watch.Blocks, WindowS, ended, WindowS);
        return new SustainedResult(
            options.Seconds, options.Accounts, options.Rate, watch.Transactions, rates.Length > 0 ? Round(Sample.Median(rates)) : 0, rates.Length > 0 ? Round(rates.Min()) : 0,
            Round(watch.Blocks.Count(block => block.Second <= ended) / ended), lagMax, lag, limit, Round(memoryMax), Round(memory), load.Retried, load.Failed, watch.Transactions >= load.Accepted);
    }

    private static double Round(double value) => Math.Round(value, 1);
}
