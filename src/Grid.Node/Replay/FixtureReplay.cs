using System.Diagnostics;
using Grid.Node.Fixtures;

namespace Grid.Node.Replay;

/// <summary>
/// Runs fixture files, several at once. Safe because a file and all its cases belong to one thread, and what is shared, the tally and the
/// observer, is used under one lock.
/// </summary>
public sealed class FixtureReplay(ReplayOptions options, IReplayObserver observer)
{
    private readonly Lock _lock = new();
    private readonly ReplayTally _tally = new();

    /// <exception cref="FileNotFoundException">A path names nothing.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ReplayTally Run(CancellationToken cancellation = default)
    {
        var started = Stopwatch.GetTimestamp();
        var files = ListFiles(options.Paths);
        observer.Begin(files.Count);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Lanes, CancellationToken = cancellation };
        Parallel.ForEach(files, parallel, file =>
        {
            RunFile(file, cancellation);
            lock (_lock)
            {
                observer.OnFileDone();
            }
        });
        observer.End(_tally, Stopwatch.GetElapsedTime(started));
        return _tally;
    }

    private void RunFile(string path, CancellationToken cancellation)
    {
        try
        {
            using var file = FixtureFile.Open(path);
            foreach (var fixture in file.Cases())
            {
                cancellation.ThrowIfCancellationRequested();
                if (options.Filter is null || options.Filter.IsMatch(CaseReport.Label(path, fixture.Name, fixture.Fork)))
                {
                    Add(new CaseReport(path, fixture.Name, fixture.Fork, RunCase(fixture)));
                }
            }
        }
        catch (Exception exception) when (exception is FixtureFormatException or IOException or UnauthorizedAccessException)
        {
            Add(new CaseReport(path, "", "", CaseOutcome.Failed(exception.Message)));
        }
    }

    /// <summary>A case that throws has failed, and the others still run: the report says what was thrown and where.</summary>
    private static CaseOutcome RunCase(FixtureCase fixture)
    {
        try
        {
            return fixture.Run();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return CaseOutcome.Failed($"{exception.GetType().Name}: {exception.Message} {FirstFrame(exception)}");
        }
    }

    private static string FirstFrame(Exception exception) => exception.StackTrace?.Split('\n', 2)[0].Trim() ?? "";

    private void Add(CaseReport report)
    {
        lock (_lock)
        {
            _tally.Add(report.Outcome);
            if (report.Outcome.Status == CaseStatus.Failed)
            {
                observer.OnFailure(report);
            }
        }
    }

    /// <summary>In order of their paths, each once.</summary>
    private static List<string> ListFiles(IReadOnlyList<string> paths)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                files.UnionWith(FixtureFile.Extensions.SelectMany(extension => Directory.EnumerateFiles(path, "*" + extension, SearchOption.AllDirectories)));
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                throw new FileNotFoundException($"There is no file or folder '{path}'.", path);
            }
        }
        return [.. files];
    }
}
