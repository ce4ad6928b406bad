using Grid.Node.Fixtures;

namespace Grid.Node.Replay;

/// <summary>How many cases of one suite and fork ended how, and the time that they took on all lanes together.</summary>
public sealed class GroupTally(string suite, string fork)
{
    public string Suite { get; } = suite;

    /// <summary>Empty where the format has none.</summary>
    public string Fork { get; } = fork;

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public void Add(CaseStatus status, TimeSpan elapsed)
    {
        Elapsed += elapsed;
        switch (status)
        {
            case CaseStatus.Passed:
                Passed++;
                break;
            case CaseStatus.Failed:
                Failed++;
                break;
            default:
                Skipped++;
                break;
        }
    }
}

/// <summary>A file or a case that took long.</summary>
/// <param name="Case">Empty for a whole file.</param>
public sealed record SlowItem(string File, string Case, string Fork, TimeSpan Elapsed);

/// <summary>How many cases ended how: in all, by suite and fork, and which took longest.</summary>
/// <param name="slowestCount">How many of the slowest files and cases are kept.</param>
public sealed class ReplayTally(int slowestCount)
{
    private readonly SortedDictionary<string, int> _skips = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), GroupTally> _groups = [];
    private readonly PriorityQueue<SlowItem, TimeSpan> _slowFiles = new();
    private readonly PriorityQueue<SlowItem, TimeSpan> _slowCases = new();

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>Cases skipped, by reason.</summary>
    public IReadOnlyDictionary<string, int> SkipReasons => _skips;

    /// <summary>By suite, and within a suite in the forks' order.</summary>
    public IReadOnlyList<GroupTally> Groups =>
    [
        .. _groups.Values.OrderBy(group => group.Suite, StringComparer.Ordinal)
            .ThenBy(group => ForkNames.Order(group.Fork)).ThenBy(group => group.Fork, StringComparer.Ordinal),
    ];

    /// <summary>The slowest first.</summary>
    public IReadOnlyList<SlowItem> SlowestFiles => Ordered(_slowFiles);

    /// <summary>The slowest first.</summary>
    public IReadOnlyList<SlowItem> SlowestCases => Ordered(_slowCases);

    public void Add(CaseReport report)
    {
        var outcome = report.Outcome;
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
        if (!_groups.TryGetValue((report.Suite, report.Fork), out var group))
        {
            _groups[(report.Suite, report.Fork)] = group = new GroupTally(report.Suite, report.Fork);
        }
        group.Add(outcome.Status, report.Elapsed);
        Keep(_slowCases, new SlowItem(report.File, report.Case, report.Fork, report.Elapsed));
    }

    public void AddFile(string file, TimeSpan elapsed) => Keep(_slowFiles, new SlowItem(file, "", "", elapsed));

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    private void Keep(PriorityQueue<SlowItem, TimeSpan> queue, SlowItem item)
    {
        queue.Enqueue(item, item.Elapsed);
        if (queue.Count > slowestCount)
        {
            queue.Dequeue();
        }
    }

    private static SlowItem[] Ordered(PriorityQueue<SlowItem, TimeSpan> queue) =>
        [.. queue.UnorderedItems.Select(entry => entry.Element).OrderByDescending(item => item.Elapsed)];
}
