using System.Text.Json;
using Grid.Node.Fixtures;

namespace Grid.Node.Replay;

/// <summary>
/// Tells a program: one JSON object a line for each failure, and one with the tally at the end. The tally's plain line goes beside, so that it is
/// there in either form.
/// </summary>
public sealed class JsonReplayObserver(TextWriter output, TextWriter plain) : IReplayObserver
{
    public void Begin(int fileCount)
    {
    }

    public void OnFailure(CaseReport report) =>
        Write(new ReplayFailureLine(report.File, report.Case, report.Fork, report.Outcome.Reason ?? "", report.Outcome.Differences));

    public void OnFileDone()
    {
    }

    public void End(ReplayTally tally, TimeSpan elapsed)
    {
        Write(new ReplaySummaryLine(tally.Passed, tally.Failed, tally.Skipped, Math.Round(elapsed.TotalSeconds, 3), tally.SkipReasons));
        plain.WriteLine(tally.ToString());
    }

    private void Write<T>(T line) => output.WriteLine(JsonSerializer.Serialize(line, ReplayJson.Options));
}

/// <summary>One line for one failure. Scripts read these names.</summary>
public sealed record ReplayFailureLine(string File, string Case, string Fork, string Reason, IReadOnlyList<Difference> Differences);

/// <summary>The last line. Scripts read these names.</summary>
public sealed record ReplaySummaryLine(int Passed, int Failed, int Skipped, double Seconds, IReadOnlyDictionary<string, int> SkipReasons);

public static class ReplayJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
