using Grid.Node.Fixtures;

namespace Grid.Node.Replay;

/// <summary>The outcome of one case, with where it stands.</summary>
public sealed record CaseReport(string File, string Case, string Fork, CaseOutcome Outcome)
{
    /// <summary>What a filter is matched with.</summary>
    public static string Label(string file, string name, string fork) => $"{file} :: {name} :: {fork}";
}

/// <summary>How many cases ended how.</summary>
public sealed class ReplayTally
{
    private readonly SortedDictionary<string, int> _skips = new(StringComparer.Ordinal);

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>Cases skipped, by reason.</summary>
    public IReadOnlyDictionary<string, int> SkipReasons => _skips;

    public void Add(CaseOutcome outcome)
    {
        switch (outcome.Status)
        {
            case CaseStatus.Passed:
                Passed++;
                break;
            case CaseStatus.Failed:
                Failed++;
                break;
            default:
                Skipped++;
                var reason = outcome.Reason ?? "";
                _skips[reason] = _skips.GetValueOrDefault(reason) + 1;
                break;
        }
    }

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
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
