using System.Collections.Concurrent;
using System.Diagnostics;
using Grid.Node.Fixtures;

namespace Grid.Node.Replay;

/// <summary>
/// Runs fixture files, several at once, on threads of their own: a case may wait for grains, which the pool's threads run. Safe because a file and all its cases belong to one thread, and what is shared, the tally and the
/// observer, is used under one lock.
/// </summary>
public sealed class FixtureReplay(ReplayOptions options, IReplayObserver observer)
{
    /// <summary>Folders below a path that make a suite's name.</summary>
    private const int SuiteDepth = 2;

    private readonly Lock _lock = new();
    private readonly ReplayTally _tally = new(options.SlowestCount);

    private readonly record struct FoundFile(string Path, string Suite);

    /// <exception cref="FileNotFoundException">A path names nothing.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ReplayTally Run(CancellationToken cancellation = default)
    {
        var started = Stopwatch.GetTimestamp();
        var files = new ConcurrentQueue<FoundFile>(ListFiles(options.Paths).Where((_, index) => index % options.Every == 0));
        observer.Begin(files.Count);
        var workers = Enumerable.Range(0, options.FilesAtOnce).Select(_ => Task.Factory.StartNew(
            () => RunFiles(files, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        Task.WhenAll(workers).GetAwaiter().GetResult();
        observer.End(_tally, Stopwatch.GetElapsedTime(started));
        return _tally;
    }

    /// <summary>One thread's work: where it ends with an exception, the others don't begin another file.</summary>
    private void RunFiles(ConcurrentQueue<FoundFile> files, CancellationToken cancellation)
    {
        try
        {
            while (files.TryDequeue(out var file))
            {
                var started = Stopwatch.GetTimestamp();
                RunFile(file, cancellation);
                lock (_lock)
                {
                    _tally.AddFile(file.Path, Stopwatch.GetElapsedTime(started));
                    observer.OnFileDone();
                }
            }
        }
        catch
        {
            files.Clear();
            throw;
        }
    }

    private void RunFile(FoundFile found, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var file = FixtureFile.Open(found.Path);
            foreach (var fixture in file.Cases())
            {
                cancellation.ThrowIfCancellationRequested();
                if (options.Filter is null || options.Filter.IsMatch(CaseReport.Label(found.Path, fixture.Name, fixture.Fork)))
                {
                    var outcome = RunCase(fixture);
                    var ended = Stopwatch.GetTimestamp();
                    Add(new CaseReport(found.Path, found.Suite, fixture.Name, fixture.Fork, outcome, Stopwatch.GetElapsedTime(started, ended)));
                    started = ended;
                }
            }
        }
        catch (Exception exception) when (exception is FixtureFormatException or IOException or UnauthorizedAccessException)
        {
            Add(new CaseReport(found.Path, found.Suite, "", "", CaseOutcome.Failed(exception.Message), Stopwatch.GetElapsedTime(started)));
        }
    }

    /// <summary>A case that throws has failed, and the others still run: the report says what was thrown and where.</summary>
    private CaseOutcome RunCase(FixtureCase fixture)
    {
        try
        {
            return options.Engine.NoChainReason is { } reason && !fixture.HasChain ? CaseOutcome.Skipped(reason) : fixture.Run(options.Engine);
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
            _tally.Add(report);
            if (report.Outcome.Status == CaseStatus.Failed)
            {
                observer.OnFailure(report);
            }
        }
    }

    /// <summary>In order of their paths, each once.</summary>
    private static List<FoundFile> ListFiles(IReadOnlyList<string> paths)
    {
        var files = new SortedDictionary<string, FoundFile>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                var found = FixtureFile.Extensions.SelectMany(extension => Directory.EnumerateFiles(path, "*" + extension, SearchOption.AllDirectories));
                foreach (var file in found)
                {
                    files.TryAdd(file, new FoundFile(file, SuiteOf(path, file, paths.Count == 1)));
                }
            }
            else if (File.Exists(path))
            {
                files.TryAdd(path, new FoundFile(path, Path.GetFileName(path)));
            }
            else
            {
                throw new FileNotFoundException($"There is no file or folder '{path}'.", path);
            }
        }
        return [.. files.Values];
    }

    /// <summary>The first folders below the path; where there are several paths, or no folder is below, the path's own name begins it.</summary>
    private static string SuiteOf(string path, string file, bool isOnlyPath)
    {
        var folders = Path.GetDirectoryName(Path.GetRelativePath(path, file))!.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        if (!isOnlyPath || folders.Length == 0)
        {
            folders = [Path.GetFileName(Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar)), .. folders];
        }
        return string.Join('/', folders.Take(SuiteDepth));
    }
}
