using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Input;
using Grid.Node.Replay;

namespace Grid.Node.Commands;

/// <summary>`grid fuzz input`: input from outside that isn't as it should be.</summary>
public static class FuzzInputCommand
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var seconds = FuzzCommand.Seconds();
        var seed = FuzzCommand.Seed();
        var cases = new Option<ulong?>("--cases") { Description = "The most inputs.", HelpName = "N" };
        var fixtures = new Option<DirectoryInfo>("--fixtures") 
        {
            Description = "A folder whose files are mutated, too, as far as a target reads such files.", HelpName = "DIR",
        };
        fixtures.AcceptExistingOnly();
        var folder = FuzzCommand.Out();
        var lanes = CommonOptions.Lanes("Inputs that are read at once.");
        var target = new Option<string?>("--target") { Description = "This target only; with --file it reads that file.", HelpName = "NAME" };
        target.AcceptOnlyFromAmong([.. InputTargets.All.Select(item => item.Name)]);
        var file = CommonOptions.File("--file", "An input for --target, as a finding has left it.");
        var json = CommonOptions.Json("Prints one JSON object a line: each finding, and the figures at the end.");
        var command = new Command("input", "Mutates transactions, blocks, access lists, genesis files, fixtures, code and requests, and has them read.")
        {
            seconds, seed, cases, fixtures, folder, lanes, target, file, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(file) is not null && result.GetResult(target) is null)
            {
                result.AddError("--file needs --target.");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(target) is { } name ? InputTargets.All.Where(item => item.Name == name).ToArray() : [.. InputTargets.All];
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(file) is { } input)
            {
                return Task.FromResult(RunFile(chosen[0], input.FullName, output));
            }
            var options = new InputOptions(
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(seed), parsed.GetValue(cases), parsed.GetValue(lanes),
                    FilesOf(parsed.GetValue(fixtures)),
                parsed.GetValue(folder)!.FullName, TimeLimit);
            return Task.FromResult(Run(chosen, options, parsed.GetValue(json), output, cancellation));
        });
        return command;
    }

    private static IReadOnlyList<string> FilesOf(DirectoryInfo? folder) => folder is null
        ? []
        : [.. Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories).Where(IsFixture)];

    private static bool IsFixture(string path) => FixtureFile.Extensions.Any(end => path.EndsWith(end, StringComparison.Ordinal));

    private static int RunFile(InputTarget target, string path, TextWriter output)
    {
        var wrong = InputFuzzer.Check(target, File.ReadAllBytes(path), out var accepted);
        output.WriteLine(wrong is { } found ? $"{target.Name}: {found.Kind}: {found.Message}"
            : $"{target.Name}: {(accepted ? "accepted" : "refused")}");
        return wrong is null ? ExitCode.Ok : ExitCode.Failure;
    }

    private static int Run(IReadOnlyList<InputTarget> targets, InputOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        var summary = new InputFuzzer(targets, options, finding => output.WriteLine(json ? Line(finding) : Text(finding))).Run(cancellation);
        var total = summary.Inputs.Values.Sum();
        var perSecond = total / Math.Max(summary.Elapsed.TotalSeconds, 0.001);
        if (json)
        {
            output.WriteLine(Line(new InputSummaryLine(
                total, Math.Round(summary.Elapsed.TotalSeconds, 3), Math.Round(perSecond, 1), summary.Findings.Count, summary.Inputs,
                    summary.Accepted)));
        }
        else
        {
            foreach (var (name, count) in summary.Inputs)
            {
                output.WriteLine($"{name}: {count} inputs, {summary.Accepted[name]} accepted");
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{total} inputs in {summary.Elapsed.TotalSeconds:F1} s ({perSecond:F0} a second), {summary.Findings.Count} findings"));
        }
        return summary.Findings.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static string Text(InputFinding finding) =>
        $"FOUND {finding.Target} case {finding.Case}: {finding.Kind}: {finding.Message}{Environment.NewLine}  grid fuzz input --target '{finding.Target}' --file {finding.File}";

    private static string Line<T>(T value) => JsonSerializer.Serialize(value, ReplayJson.Options);
}

/// <summary>The last line. Scripts read these names.</summary>
internal sealed record InputSummaryLine(
    long Inputs, double Seconds, double InputsPerSecond, int Findings, IReadOnlyDictionary<string, long> InputsByTarget, 
    IReadOnlyDictionary<string, long> AcceptedByTarget);
