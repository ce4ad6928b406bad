using System.CommandLine;
using System.Text.RegularExpressions;
using Grid.Node.Fixtures;
using Grid.Node.Replay;
using Grid.Node.Replay.Clusters;
using Spectre.Console;

namespace Grid.Node.Commands;

/// <summary>`grid replay`: runs official test fixtures.</summary>
public static class ReplayCommand
{
    private static readonly TimeSpan FilterTimeout = TimeSpan.FromSeconds(5);

    private const string Library = "library", Orleans = "grid";

    private const int SlowestMax = 10_000, FilesMax = 1_024, EveryMax = 1_000_000, SilosMax = 64;

    private sealed record Request(string Engine, int Silos, int Lanes, bool OnLists, bool Json);

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Fixture files, or folders whose .json and .yaml files are taken at any depth. The format is recognized from the content.",
            Arity = ArgumentArity.OneOrMore,
        };
        var engine = new Option<string>("--engine")
        {
            Description = "Who executes blocks. library: in memory, without grains. grid: the coordinator of silos in this process; cases without blocks are skipped.",
            HelpName = $"{Library}|{Orleans}",
            DefaultValueFactory = _ => Library,
        };
        engine.AcceptOnlyFromAmong(Library, Orleans);
        var silos = CommonOptions.Count("--silos", "Silos in this process, for the engine grid.", 1, SilosMax);
        var lanes = CommonOptions.Lanes("Threads that execute a block, a silo's with the engine grid; with more than one every block is executed in waves.", preset: 1);
        var onLists = new Option<bool>("--access-lists")
        {
            Description = "Executes each block twice, for the engine library: in order, and all transactions at once on the access list that this gave.",
        };
        var files = CommonOptions.Count("--files", "How many files run at once.", Environment.ProcessorCount, FilesMax);
        var every = CommonOptions.Count("--every", "Runs only one of so many files, evenly over all of them.", 1, EveryMax);
        var filter = new Option<string?>("--filter")
        {
            Description = "Runs only cases whose 'file :: name :: fork' this regular expression matches.",
            HelpName = "REGEX",
        };
        filter.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } pattern && !TryCompile(pattern, out _))
            {
                result.AddError($"--filter: '{pattern}' is not a regular expression.");
            }
        });
        var slowest = new Option<int>("--slowest")
        {
            Description = $"Tells which files and which cases took longest, so many of each (at most {SlowestMax}).",
            HelpName = "N",
        };
        slowest.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 0 or > SlowestMax))
            {
                result.AddError($"--slowest: a number from 0 to {SlowestMax} is wanted.");
            }
        });
        var json = CommonOptions.Json("Prints one JSON object a line for each failure, and one with the tally at the end.");
        var command = new Command("replay", "Runs official Ethereum test fixtures and tells what fails, and what differed.")
        {
            paths, engine, silos, lanes, onLists, files, every, filter, slowest, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var pattern = parsed.GetValue(filter);
            Regex? regex = null;
            if (pattern is not null)
            {
                TryCompile(pattern, out regex);
            }
            var options = new ReplayOptions(parsed.GetValue(paths)!, parsed.GetValue(files), regex)
            {
                SlowestCount = parsed.GetValue(slowest), Every = parsed.GetValue(every),
            };
            var request = new Request(parsed.GetValue(engine)!, parsed.GetValue(silos), parsed.GetValue(lanes), parsed.GetValue(onLists), parsed.GetValue(json));
            return RunAsync(options, request, parsed.InvocationConfiguration, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(ReplayOptions options, Request request, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        if (request.Engine == Library)
        {
            if (request.Silos > 1)
            {
                configuration.Error.WriteLine($"--silos goes with --engine {Orleans}: the library has none.");
                return ExitCode.Usage;
            }
            return Run(options with { Engine = new LibraryChains(request.Lanes, request.OnLists) }, request.Json, configuration, cancellation);
        }
        if (request.OnLists)
        {
            configuration.Error.WriteLine($"--access-lists goes with --engine {Library}.");
            return ExitCode.Usage;
        }
        await using var chains = new ClusterChains(request.Silos, request.Lanes);
        return Run(options with { Engine = chains }, request.Json, configuration, cancellation);
    }

    private static int Run(ReplayOptions options, bool json, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            var tally = json
                ? new FixtureReplay(options, new JsonReplayObserver(configuration.Output, configuration.Error)).Run(cancellation)
                : Terminal.WithProgress(configuration, "replaying", (output, progress) => new FixtureReplay(options, new TextReplayObserver(output, progress)).Run(cancellation));
            return tally.Failed == 0 ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (FileNotFoundException exception)
        {
            configuration.Error.WriteLine(exception.Message);
            return ExitCode.Usage;
        }
    }

    private static bool TryCompile(string pattern, out Regex? regex)
    {
        try
        {
            regex = new Regex(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant, FilterTimeout);
            return true;
        }
        catch (ArgumentException)
        {
            regex = null;
            return false;
        }
    }
}
