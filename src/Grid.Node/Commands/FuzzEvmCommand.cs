using System.CommandLine;
using Grid.Evm;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Evm;
using Grid.Node.Fuzz.Evm.Paths;

namespace Grid.Node.Commands;

/// <summary>`grid fuzz evm`: one block, many ways to execute it.</summary>
public static class FuzzEvmCommand
{
    public static Command Create()
    {
        var seconds = FuzzCommand.Seconds();
        var seed = FuzzCommand.Seed();
        var one = new Option<ulong?>("--case") { Description = "Runs this case only.", HelpName = "I" };
        var cases = new Option<ulong?>("--cases") { Description = "The most cases.", HelpName = "N" };
        var folder = FuzzCommand.Out();
        var lanes = CommonOptions.Lanes("Cases that run at once.");
        var fork = new Option<string?>("--fork") { Description = "Cases of this fork only, by the name that fixtures give it.", HelpName = "NAME" };
        fork.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && !ForkNames.TryParse(name, out _))
            {
                result.AddError($"--fork: '{name}' is no fork's name.");
            }
        });
        var json = CommonOptions.Json("Prints one JSON object a line: each finding, and at the end the figures with what was reached.");
        var command = new Command("evm", "Executes generated blocks in every way there is and compares state roots, gas, receipts, logs and access lists.")
        {
            seconds, seed, one, cases, folder, lanes, fork, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new FuzzOptions(
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(seed), parsed.GetValue(cases), parsed.GetValue(one), parsed.GetValue(lanes),
                parsed.GetValue(folder)!.FullName);
            Fork? only = parsed.GetValue(fork) is { } name && ForkNames.TryParse(name, out var chosen) ? chosen : null;
            return Task.FromResult(Run(options, only, new FuzzReport(parsed.InvocationConfiguration.Output, parsed.GetValue(json)), cancellation));
        });
        return command;
    }

    private static int Run(FuzzOptions options, Fork? fork, FuzzReport report, CancellationToken cancellation)
    {
        var generator = new CaseGenerator(options.Seed, new CaseOptions(fork));
        var summary = new EvmFuzzer(generator, LibraryPaths, options, report.OnFinding).Run(cancellation);
        report.End(summary);
        return summary.Findings.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static IReadOnlyList<IExecutionPath> LibraryPaths(EvmCoverage coverage) =>
        [new ImportPath(), new TracedPath(coverage), new MissingStatePath(), new AccessListPath(), new StepwisePath()];
}
