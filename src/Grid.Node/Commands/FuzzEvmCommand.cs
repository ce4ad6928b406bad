using System.CommandLine;
using Grid.Evm;
using Grid.Node.Bench;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Evm;
using Grid.Node.Fuzz.Evm.Anvil;
using Grid.Node.Fuzz.Evm.Paths;

namespace Grid.Node.Commands;

/// <summary>`grid fuzz evm`: one block, many ways to execute it.</summary>
public static class FuzzEvmCommand
{
    private const int DefaultSilos = 2, MaxSilos = 8, MaxTransactions = 64;

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
        var silos = CommonOptions.Count("--silos", "Silos of the grid, which executes some of the cases in turns with a single silo.", DefaultSilos,
            MaxSilos);
        var transactions = CommonOptions.Count(
            "--transactions", "The most transactions of a block; above the preset their senders are half as many.", CaseOptions.PresetTransactions, MaxTransactions);
        var against = CommonOptions.Against();
        var anvil = CommonOptions.File("--anvil", "The anvil executable, where it isn't on the PATH.");
        var json = CommonOptions.Json("Prints one JSON object a line: each finding, and at the end the figures with what was reached.");
        var command = new Command("evm",
            "Executes generated blocks in every way there is and compares state roots, gas, receipts, logs and access lists.")
        {
            seconds, seed, one, cases, folder, lanes, fork, silos, transactions, against, anvil, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new FuzzOptions(
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(seed), parsed.GetValue(cases), parsed.GetValue(one),
                    parsed.GetValue(lanes),
                parsed.GetValue(folder)!.FullName);
            Fork? only = parsed.GetValue(fork) is { } name && ForkNames.TryParse(name, out var chosen) ? chosen : null;
            var report = new FuzzReport(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            return Task.FromResult(parsed.GetValue(against) is null
                ? Run(options, new CaseOptions(only) { Transactions = parsed.GetValue(transactions) }, parsed.GetValue(silos), report, cancellation)
                : RunAgainst(parsed.GetValue(anvil), options, only, report, parsed.InvocationConfiguration.Error, cancellation));
        });
        return command;
    }

    private static int Run(FuzzOptions options, CaseOptions cases, int silos, FuzzReport report, CancellationToken cancellation)
    {
        var generator = new CaseGenerator(options.Seed, cases);
        var summary = new EvmFuzzer(generator, LibraryPaths, options, report.OnFinding) { BatchPaths = GridPaths(silos) }.Run(cancellation);
        report.End(summary);
        return summary.Findings.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static int RunAgainst(FileInfo? anvil, FuzzOptions options, Fork? fork, FuzzReport report, TextWriter error, CancellationToken cancellation)
    {
        if (fork < AnvilDepartures.Oldest)
        {
            error.WriteLine($"--against anvil: forks from {AnvilDepartures.Oldest} on; before it anvil departs from the specification too often.");
            return ExitCode.Usage;
        }
        try
        {
            var executable = AnvilProcess.Find(anvil);
            var generator = new CaseGenerator(options.Seed, AnvilDepartures.Limit(fork));
            var summary = new EvmFuzzer(generator, coverage => [new TracedPath(coverage), new AnvilPath(executable)], options,
                report.OnFinding).Run(cancellation);
            report.End(summary);
            return summary.Findings.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (AnvilException exception)
        {
            error.WriteLine(exception.Message);
            return ExitCode.Failure;
        }
    }

    private static IReadOnlyList<IExecutionPath> LibraryPaths(EvmCoverage coverage) =>
        [new ParallelPath(coverage), new ListedPath(coverage), new ImportPath(), new TracedPath(coverage), new MissingStatePath(), new AccessListPath(), new StepwisePath()];

    /// <summary>Several silos first, as only there state is missing.</summary>
    private static IReadOnlyList<IBatchPath> GridPaths(int silos) =>
    [
        .. new[] { silos, 1 }.Distinct().SelectMany(count => new[] { new GridPath(count, lanes: 2, isImport: false),
            new GridPath(count, lanes: 2, isImport: true) }),
    ];
}
