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
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:F1} s"));
        output.WriteLine(tally.ToString());
    }

    private static string Cut(string text) => text.Length <= MaxValueLength ? text : $"{text[..MaxValueLength]}… ({text.Length} characters)";
}
