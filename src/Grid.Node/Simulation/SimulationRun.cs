using System.Diagnostics;

namespace Grid.Node.Simulation;

/// <summary>What to simulate.</summary>
/// <param name="Seed">Of the first history; the others' follow from it.</param>
/// <param name="Threads">Histories at once.</param>
internal sealed record SimulationOptions(ulong Seed, int Histories, TimeSpan TimeMax, int Threads);

/// <summary>A history in which something didn't hold.</summary>
internal sealed record FailedHistory(ulong Seed, string Trouble, string Violation);

/// <summary>What many histories came to.</summary>
/// <param name="Failures">The first that failed.</param>
internal sealed record SimulationResult(
    ulong Seed, int Histories, int Failed, FailedHistory[] Failures, long Blocks, long Transactions, long Messages, long Silos, double VirtualSeconds, double Seconds);

/// <summary>Runs histories, several at once, each on one thread.</summary>
/// <remarks>Safe because histories share nothing but immutable scenes; what they come to is added up under a lock.</remarks>
internal sealed class SimulationRun
{
    private const int FailuresKept = 20, HistoriesBetweenReports = 1_000;

    /// <summary>Enough for deep chains of continuations.</summary>
    private const int StackBytes = 16 << 20;

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly SimulationOptions _options;
    private readonly Action<SimulationResult> _onProgress;
    private readonly List<FailedHistory> _failures = [];
    private int _histories, _failed;
    private long _blocks, _transactions, _messages, _silos;
    private double _virtualSeconds;

    private SimulationRun(SimulationOptions options, Action<SimulationResult> onProgress)
    {
        _options = options;
        _onProgress = onProgress;
    }

    /// <param name="onProgress">Told, by one thread at a time, what histories have come to so far: now and then, and where one fails.</param>
    public static SimulationResult Run(SimulationOptions options, Action<SimulationResult> onProgress, CancellationToken cancellation)
    {
        var run = new SimulationRun(options, onProgress);
        var next = -1;
        Thread[] threads = [.. Enumerable.Range(0, options.Threads).Select(_ => new Thread(Work, StackBytes))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return run.Result();

        void Work()
        {
            while (!cancellation.IsCancellationRequested && Stopwatch.GetElapsedTime(run._start) < options.TimeMax
                && Interlocked.Increment(ref next) is var index && index < options.Histories)
            {
                run.Add(RunOne(options.Seed + (ulong)index));
            }
        }
    }

    private static HistoryResult RunOne(ulong seed)
    {
        try
        {
            return SimulatedHistory.Run(seed);
        }
        catch (Exception error) // the boundary of a history: reported with its seed
        {
            return new HistoryResult(seed, $"the simulation itself failed: {error}", 0, 0, 0, 0, 0, 0, Trouble.None);
        }
    }

    private void Add(HistoryResult result)
    {
        lock (_lock)
        {
            _histories++;
            _blocks += (long)result.Blocks;
            _transactions += result.Transactions;
            _messages += result.Messages;
            _silos += result.SilosStarted;
            _virtualSeconds += result.VirtualSeconds;
            if (result.Violation is not null)
            {
                _failed++;
                if (_failures.Count < FailuresKept)
                {
                    _failures.Add(new FailedHistory(result.Seed, result.Trouble.ToString(), result.Violation));
                }
            }
            if (_histories % HistoriesBetweenReports == 0 || (result.Violation is not null && _failed <= FailuresKept))
            {
                _onProgress(Result());
            }
        }
    }

    private SimulationResult Result() => new(
        _options.Seed, _histories, _failed, [.. _failures.OrderBy(failure => failure.Seed)], _blocks, _transactions, _messages, _silos, Math.Round(_virtualSeconds),
        Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 1));
}
