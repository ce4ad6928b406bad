using Grid.Node.Fixtures;

namespace Grid.Node.Replay;

/// <summary>The outcome of one case, with where it stands.</summary>
/// <param name="Suite">The first folders of the file's path below what was to be replayed.</param>
/// <param name="Elapsed">The case's, with what it took to read it from the file.</param>
public sealed record CaseReport(string File, string Suite, string Case, string Fork, CaseOutcome Outcome, TimeSpan Elapsed)
{
    /// <summary>What a filter is matched with.</summary>
    public static string Label(string file, string name, string fork) => $"{file} :: {name} :: {fork}";
}

/// <summary>Who is told what happens. Calls come one at a time, from any thread.</summary>
public interface IReplayObserver
{
    /// <summary>Before the first file.</summary>
    void Begin(int fileCount);

    void OnFailure(CaseReport report);

    void OnFileDone();

    /// <summary>After the last file.</summary>
    void End(ReplayTally tally, TimeSpan elapsed);
}
