using System.Globalization;
using System.Text.Json;
using Grid.Evm;
using Grid.Node.Fixtures;
using Grid.Node.Replay;

namespace Grid.Node.Fuzz.Evm;

/// <summary>Tells what was found: plain lines, or one JSON object a line.</summary>
internal sealed class FuzzReport(TextWriter output, bool isJson)
{
    private const int MaxDifferences = 8, MaxValueLength = 160;

    public void OnFinding(FuzzFinding finding)
    {
        if (isJson)
        {
            Write(finding);
            return;
        }
        output.WriteLine($"DIFFERS seed {finding.Seed} case {finding.Case} ({finding.Fork}) on path '{finding.Path}'{(finding.File is null ? "" : $": {finding.File}")}");
        foreach (var difference in finding.Differences.Take(MaxDifferences))
        {
            output.WriteLine($"  {difference.Subject}: {difference.Field} is {Shorten(difference.Have)}, not {Shorten(difference.Want)}");
        }
    }

    public void End(FuzzSummary summary)
    {
        if (isJson)
        {
            Write(FuzzSummaryLine.Of(summary));
            return;
        }
        var coverage = summary.Coverage;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Cases} cases in {summary.Elapsed.TotalSeconds:F1} s ({summary.CasesPerSecond:F0} a second), {summary.Findings.Count} differ"));
        output.WriteLine($"cases by path: {string.Join(", ", coverage.PathCases.Select(pair => $"{pair.Key} {pair.Value}"))}");
        if (coverage.Waves.Count > 0)
        {
            output.WriteLine($"in parallel: {string.Join(", ", coverage.Waves.Select(pair => $"{pair.Key} {pair.Value}"))}");
        }
        if (coverage.Lists.Count > 0)
        {
            output.WriteLine($"access lists: {string.Join(", ", coverage.Lists.Select(pair => $"{pair.Key} {pair.Value}"))}");
        }
        output.WriteLine($"{coverage.Steps} steps; opcodes not reached: {Names(coverage.Unreached(Fork.Osaka))}");
        output.WriteLine($"ends of frames: {string.Join(", ", HaltCounts(coverage).Select(pair => $"{pair.Key} {pair.Value}"))}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slowest: case {summary.SlowestCase}, {summary.SlowestMs:F0} ms"));
    }

    internal static SortedDictionary<string, long> HaltCounts(EvmCoverage coverage) => new(
        Enum.GetValues<Halt>().Where(halt => halt != Halt.None).ToDictionary(halt => halt.ToString(), halt => coverage.Halts[(int)halt]),
            StringComparer.Ordinal);

    private static string Names(List<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);

    private static string Shorten(string text) => text.Length <= MaxValueLength ? text : text[..MaxValueLength] + "…";

    private void Write<T>(T line) => output.WriteLine(JsonSerializer.Serialize(line, ReplayJson.Options));
}

/// <summary>The last line. Scripts read these names.</summary>
internal sealed record FuzzSummaryLine(
    ulong Cases, double Seconds, double CasesPerSecond, int Differ, ulong SlowestCase, double SlowestMs, long Steps, int DeepestCall,
    SortedDictionary<string, long> PathCases, SortedDictionary<string, double> PathMs,
    SortedDictionary<string, long> Forks, SortedDictionary<string, long> Waves, SortedDictionary<string, long> Lists,
    SortedDictionary<string, long> Opcodes, List<string> OpcodesNotReached, SortedDictionary<string, long> Halts,
    SortedDictionary<string, long> Precompiles, SortedDictionary<string, long> Transactions, SortedDictionary<string, long> Rejections)
{
    private const string Undefined = "undefined";

    public static FuzzSummaryLine Of(FuzzSummary summary)
    {
        var coverage = summary.Coverage;
        var names = OpcodeFacts.Of(Fork.Osaka).ToDictionary(facts => facts.Code, facts => facts.Name);
        var opcodes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var code = 0; code < coverage.Opcodes.Length; code++)
        {
            var name = names.GetValueOrDefault((byte)code, Undefined);
            opcodes[name] = opcodes.GetValueOrDefault(name) + coverage.Opcodes[code];
        }
        return new FuzzSummaryLine(
            summary.Cases, Math.Round(summary.Elapsed.TotalSeconds, 3), Math.Round(summary.CasesPerSecond, 1), summary.Findings.Count,
                summary.SlowestCase,
            Math.Round(summary.SlowestMs, 1), coverage.Steps, coverage.DeepestCall,
            coverage.PathCases, new SortedDictionary<string, double>(coverage.PathMs.ToDictionary(pair => pair.Key, pair => Math.Round(pair.Value,
                1)), StringComparer.Ordinal), coverage.Forks, coverage.Waves, coverage.Lists, opcodes, coverage.Unreached(Fork.Osaka), FuzzReport.HaltCounts(coverage),
            coverage.Precompiles, coverage.Transactions, coverage.Rejections);
    }
}
