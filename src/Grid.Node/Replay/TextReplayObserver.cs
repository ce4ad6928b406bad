using System.Globalization;
using Grid.Node.Fixtures;
using Spectre.Console;

namespace Grid.Node.Replay;

/// <summary>Tells a person: each failure as it comes, what was skipped and why, and the tally as the last line.</summary>
public sealed class TextReplayObserver(TextWriter output, ProgressTask? progress = null) : IReplayObserver
{
    /// <summary>Longer values are cut in a report for people; the JSON report has them whole.</summary>
    private const int MaxValueLength = 160;

    public void Begin(int fileCount) => progress?.MaxValue(fileCount);

    public void OnFailure(CaseReport report)
    {
        output.WriteLine($"FAIL {report.File}");
        if (report.Case.Length > 0)
        {
            output.WriteLine($"     {report.Case}{(report.Fork.Length > 0 ? $"  [{report.Fork}]" : "")}");
        }
        output.WriteLine($"     {report.Outcome.Reason}");
        foreach (var difference in report.Outcome.Differences)
        {
            output.WriteLine($"       {difference.Subject} {difference.Field}: have {Cut(difference.Have)}, want {Cut(difference.Want)}");
        }
    }

    public void OnFileDone() => progress?.Increment(1);

    public void End(ReplayTally tally, TimeSpan elapsed)
    {
        foreach (var (reason, count) in tally.SkipReasons)
        {
            output.WriteLine($"skipped {count}: {reason}");
        }
        WriteGroups(tally.Groups);
        WriteSlowest("slowest files", tally.SlowestFiles);
        WriteSlowest("slowest cases", tally.SlowestCases);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:F1} s"));
        output.WriteLine(tally.ToString());
    }

    /// <summary>Times are those of all lanes together.</summary>
    private void WriteGroups(IReadOnlyList<GroupTally> groups)
    {
        var suiteWidth = groups.Max(group => (int?)group.Suite.Length) ?? 0;
        var forkWidth = groups.Max(group => (int?)group.Fork.Length) ?? 0;
        foreach (var group in groups)
        {
            var name = $"{group.Suite.PadRight(suiteWidth)}  {group.Fork.PadRight(forkWidth)}";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}  {group.Passed,7} passed {group.Failed,6} failed {group.Skipped,6} skipped {group.Elapsed.TotalSeconds,8:F2} s"));
        }
    }

    private void WriteSlowest(string title, IReadOnlyList<SlowItem> items)
    {
        if (items.Count > 0)
        {
            output.WriteLine(title);
        }
        foreach (var item in items)
        {
            var name = item.Case.Length > 0 ? $"  {item.Case}{(item.Fork.Length > 0 ? $"  [{item.Fork}]" : "")}" : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{item.Elapsed.TotalSeconds,9:F3} s  {item.File}{name}"));
        }
    }

    private static string Cut(string text) => text.Length <= MaxValueLength ? text : $"{text[..MaxValueLength]}… ({text.Length} characters)";
}
