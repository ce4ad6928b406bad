using System.Diagnostics;
using Grid.Evm;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Evm.Paths;

namespace Grid.Node.Fuzz.Evm;

/// <summary>
/// Gathers cases that other lanes have checked, and runs them in batches of one fork on the slow paths, one path after the other. Safe because
/// waiting cases are added and taken under a lock, and batches run on one thread.
/// </summary>
/// <param name="report">Called for each case that differs.</param>
internal sealed class BatchLane(
    IReadOnlyList<IBatchPath> paths, EvmCoverage coverage, Action<FuzzCase, IExecutionPath, IReadOnlyList<Difference>> report)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Fork, List<PreparedCase>> _waiting = [];
    private readonly AutoResetEvent _added = new(initialState: false);
    private int _batches;

    /// <summary>A case is dropped while enough of its fork wait.</summary>
    public void Offer(PreparedCase prepared)
    {
        if (paths.Count == 0 || !paths[0].Takes(prepared))
        {
            return;
        }
        lock (_lock)
        {
            if (!_waiting.TryGetValue(prepared.Fork, out var waiting))
            {
                _waiting[prepared.Fork] = waiting = [];
            }
            if (waiting.Count < paths[0].BatchSize)
            {
                waiting.Add(prepared);
            }
        }
        _added.Set();
    }

    /// <summary>Until it is cancelled; then each path has run at least once, if there was anything to run.</summary>
    public void Run(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            if (Take(atLeast: paths[0].BatchSize) is { } batch)
            {
                RunBatch(batch, cancellation);
            }
            else
            {
                WaitHandle.WaitAny([_added, cancellation.WaitHandle]);
            }
        }
        var rest = _batches < paths.Count ? Take(atLeast: 1) : null;
        while (rest is not null && _batches < paths.Count)
        {
            RunBatch(rest, CancellationToken.None);
        }
    }

    /// <summary>The longest queue's cases, if it has that many.</summary>
    private List<PreparedCase>? Take(int atLeast)
    {
        lock (_lock)
        {
            var longest = _waiting.Values.MaxBy(waiting => waiting.Count);
            if (longest is null || longest.Count < atLeast)
            {
                return null;
            }
            _waiting.Remove(longest[0].Fork);
            return longest;
        }
    }

    private void RunBatch(List<PreparedCase> batch, CancellationToken cancellation)
    {
        var path = paths[_batches++ % paths.Count];
        var started = Stopwatch.GetTimestamp();
        (int Place, IReadOnlyList<Difference> Differences)? found;
        try
        {
            found = path.CheckAll(batch, cancellation);
        }
        catch (PathException exception)
        {
            found = (0, [exception.Difference]);
        }
        catch (Exception exception)
        {
            found = (0, [EvmFuzzer.Thrown(exception)]);
        }
        coverage.CountPath(path.Name, Stopwatch.GetElapsedTime(started).TotalMilliseconds, found is null ? batch.Count : found.Value.Place);
        if (found is { } failure)
        {
            report(batch[failure.Place].Source, path, failure.Differences);
        }
    }
}
