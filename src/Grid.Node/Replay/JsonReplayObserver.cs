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
        Write(new ReplaySummaryLine(
            tally.Passed, tally.Failed, tally.Skipped, Seconds(elapsed), tally.SkipReasons,
            [.. tally.Groups.Select(group => new ReplaySuite(group.Suite, group.Fork, group.Passed, group.Failed, group.Skipped, Seconds(group.Elapsed)))],
            [.. tally.SlowestFiles.Select(item => new ReplaySlowFile(item.File, Seconds(item.Elapsed)))],
            [.. tally.SlowestCases.Select(item => new ReplaySlowCase(item.File, item.Case, item.Fork, Seconds(item.Elapsed)))]));
        plain.WriteLine(tally.ToString());
    }

    private static double Seconds(TimeSpan elapsed) => Math.Round(elapsed.TotalSeconds, 3);

    private void Write<T>(T line) => output.WriteLine(JsonSerializer.Serialize(line, ReplayJson.Options));
}

/// <summary>One line for one failure. Scripts read these names.</summary>
public sealed record ReplayFailureLine(string File, string Case, string Fork, string Reason, IReadOnlyList<Difference> Differences);

/// <summary>The last line. Scripts read these names.</summary>
/// <param name="Suites">By suite and fork; their seconds are those of all lanes together.</param>
/// <param name="SlowestFiles">As many as were asked for.</param>
/// <param name="SlowestCases">As many as were asked for.</param>
public sealed record ReplaySummaryLine(
    int Passed, int Failed, int Skipped, double Seconds, IReadOnlyDictionary<string, int> SkipReasons,
    IReadOnlyList<ReplaySuite> Suites, IReadOnlyList<ReplaySlowFile> SlowestFiles, IReadOnlyList<ReplaySlowCase> SlowestCases);

public sealed record ReplaySuite(string Suite, string Fork, int Passed, int Failed, int Skipped, double Seconds);

public sealed record ReplaySlowFile(string File, double Seconds);

public sealed record ReplaySlowCase(string File, string Case, string Fork, double Seconds);

public static class ReplayJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
