using System.Diagnostics;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Evm.Paths;

namespace Grid.Node.Fuzz.Evm;

/// <summary>How long and with what.</summary>
/// <param name="Cases">The most cases; null for as many as the time allows.</param>
/// <param name="Only">One case only.</param>
/// <param name="Folder">Where findings are written.</param>
internal sealed record FuzzOptions(TimeSpan Time, ulong Seed, ulong? Cases, ulong? Only, int Lanes, string Folder)
{
    /// <summary>Findings after which a run ends.</summary>
    public const int MaxFindings = 20;
}

/// <summary>One difference that was found.</summary>
/// <param name="File">The shrunk case; null where another finding like it was shrunk already.</param>
internal sealed record FuzzFinding(ulong Seed, ulong Case, string Fork, string Path, IReadOnlyList<Difference> Differences, string? File);

/// <summary>What a run led to.</summary>
internal sealed record FuzzSummary(ulong Cases, TimeSpan Elapsed, IReadOnlyList<FuzzFinding> Findings, EvmCoverage Coverage, ulong SlowestCase,
    double SlowestMs)
{
    public double CasesPerSecond => Cases / Math.Max(Elapsed.TotalSeconds, 0.001);
}

/// <summary>
/// Executes generated cases on all paths, on several lanes. Safe because each lane has generator, paths and coverage of its own; the next index is
/// taken atomically, and findings are gathered under a lock.
/// </summary>
/// <param name="paths">The paths of one lane, which count what they reach there.</param>
/// <param name="observe">Called for each finding, one at a time.</param>
internal sealed class EvmFuzzer(CaseGenerator generator, Func<EvmCoverage, IReadOnlyList<IExecutionPath>> paths, FuzzOptions options,
    Action<FuzzFinding> observe)
{
    private const int ShrinkTriesMax = 3_000;

    private readonly Lock _lock = new();
    private readonly List<FuzzFinding> _findings = [];
    private readonly HashSet<string> _shrunk = [];
    private readonly EvmCoverage _coverage = new();
    private long _next;
    private long _done;
    private ulong _slowestCase;
    private double _slowestMs;

    /// <summary>Paths that take cases in batches, on a thread of their own.</summary>
    public IReadOnlyList<IBatchPath> BatchPaths { get; init; } = [];

    public FuzzSummary Run(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(options.Time);
        var batchCoverage = new EvmCoverage();
        var batches = new BatchLane(BatchPaths, batchCoverage, Report);
        var lanes = new Thread[options.Only is null ? options.Lanes : 1];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = new Thread(() => RunLane(time, batches)) { IsBackground = true, Name = $"fuzz {i}" };
            lanes[i].Start();
        }
        using var lanesDone = new CancellationTokenSource();
        var batchLane = new Thread(() => batches.Run(lanesDone.Token)) { IsBackground = true, Name = "fuzz batches" };
        if (BatchPaths.Count > 0)
        {
            batchLane.Start();
        }
        foreach (var lane in lanes)
        {
            lane.Join();
        }
        lanesDone.Cancel();
        if (BatchPaths.Count > 0)
        {
            batchLane.Join();
        }
        _coverage.Add(batchCoverage);
        return new FuzzSummary((ulong)_done, Stopwatch.GetElapsedTime(started), _findings, _coverage, _slowestCase, _slowestMs);
    }

    /// <summary>What a path finds wrong with a case; null for nothing.</summary>
    public static IReadOnlyList<Difference>? Check(PreparedCase prepared, CaseResult oracle, IExecutionPath path)
    {
        try
        {
            var differences = path.Check(prepared, oracle);
            return differences.Count == 0 ? null : differences;
        }
        catch (PathException exception)
        {
            return [exception.Difference];
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return [Thrown(exception)];
        }
    }

    private void RunLane(CancellationTokenSource time, BatchLane batches)
    {
        var coverage = new EvmCoverage();
        var own = paths(coverage);
        while (!time.IsCancellationRequested && TryTake(out var index))
        {
            var started = Stopwatch.GetTimestamp();
            RunCase(index, own, coverage, batches);
            Count(index, Stopwatch.GetElapsedTime(started).TotalMilliseconds, time);
        }
        foreach (var path in own.OfType<IDisposable>())
        {
            path.Dispose();
        }
        lock (_lock)
        {
            _coverage.Add(coverage);
        }
    }

    private bool TryTake(out ulong index)
    {
        var taken = (ulong)Interlocked.Increment(ref _next) - 1;
        index = options.Only ?? taken;
        return options.Only is not null ? taken == 0 : taken < (options.Cases ?? ulong.MaxValue);
    }

    private void RunCase(ulong index, IReadOnlyList<IExecutionPath> own, EvmCoverage coverage, BatchLane batches)
    {
        var source = generator.Make(index);
        if (TryPrepare(source, out var prepared, out var oracle, out var difference))
        {
            foreach (var path in own)
            {
                var started = Stopwatch.GetTimestamp();
                var differences = Check(prepared, oracle, path);
                coverage.CountPath(path.Name, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                if (differences is not null)
                {
                    Report(source, path, differences);
                }
            }
            batches.Offer(prepared);
        }
        else
        {
            Report(source, null, [difference]);
        }
    }

    /// <summary>False where the oracle itself can't execute the case.</summary>
    private static bool TryPrepare(FuzzCase source, out PreparedCase prepared, out CaseResult oracle, out Difference difference)
    {
        (prepared, oracle, difference) = (null!, null!, null!);
        try
        {
            prepared = PreparedCase.Of(source);
            oracle = CaseResult.OfOracle(prepared);
            return true;
        }
        catch (PathException exception)
        {
            difference = exception.Difference;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            difference = Thrown(exception);
        }
        return false;
    }

    /// <summary>An exception that nothing of the protocol explains.</summary>
    public static Difference Thrown(Exception exception) =>
        new("exception", exception.GetType().Name, $"{exception.Message} {exception.StackTrace?.Split('\n', 2)[0].Trim()}", "none");

    private void Count(ulong index, double elapsedMs, CancellationTokenSource time)
    {
        lock (_lock)
        {
            _done++;
            if (elapsedMs > _slowestMs)
            {
                (_slowestCase, _slowestMs) = (index, elapsedMs);
            }
            if (_findings.Count >= FuzzOptions.MaxFindings)
            {
                time.Cancel();
            }
        }
    }

    /// <summary>Shrinks the case unless one like it was shrunk, and writes it.</summary>
    /// <param name="path">Null for the oracle itself.</param>
    private void Report(FuzzCase source, IExecutionPath? path, IReadOnlyList<Difference> differences)
    {
        var kind = KindOf(path, differences);
        bool isNew;
        lock (_lock)
        {
            isNew = _shrunk.Add(kind);
        }
        var file = isNew ? Write(source, path, kind, differences) : null;
        var finding = new FuzzFinding(source.Seed, source.Index, source.Fork.ToString(), path?.Name ?? "oracle", differences, file);
        lock (_lock)
        {
            _findings.Add(finding);
            observe(finding);
        }
    }

    private static string KindOf(IExecutionPath? path, IReadOnlyList<Difference> differences) =>
        $"{path?.Name} {differences[0].Subject.Split(' ')[0]} {differences[0].Field}";

    private string Write(FuzzCase source, IExecutionPath? path, string kind, IReadOnlyList<Difference> differences)
    {
        var shrinker = new Shrinker(candidate => FailsAlike(candidate, path, kind), (path as ISlowPath)?.ShrinkTriesMax ?? ShrinkTriesMax);
        var smallest = shrinker.Shrink(source);
        var file = Path.Combine(options.Folder, $"fuzz-evm-{source.Seed}-{source.Index}.json");
        Directory.CreateDirectory(options.Folder);
        var comment = $"grid fuzz evm --seed {source.Seed} --case {source.Index}: path '{path?.Name ?? "oracle"}', {differences[0].Subject} {differences[0].Field} "
            + $"is {Shorten(differences[0].Have)}, not {Shorten(differences[0].Want)}"
            + (smallest.Transactions.Length == 1 ? ""
                : $"; the case has {smallest.Transactions.Length} transactions, of which those before the last are part of the state here");
        File.WriteAllText(file, StateTestWriter.Write(smallest, comment));
        return file;
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private static bool FailsAlike(FuzzCase candidate, IExecutionPath? path, string kind)
    {
        if (!TryPrepare(candidate, out var prepared, out var oracle, out var difference))
        {
            return path is null && KindOf(null, [difference]) == kind;
        }
        return path is not null && Check(prepared, oracle, path) is { } differences && KindOf(path, differences) == kind;
    }
}
