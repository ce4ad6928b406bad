using System.CommandLine;
using System.Text.RegularExpressions;
using Grid.Node.Replay;
using Spectre.Console;

namespace Grid.Node.Commands;

/// <summary>`grid replay`: runs official test fixtures.</summary>
public static class ReplayCommand
{
    private static readonly TimeSpan FilterTimeout = TimeSpan.FromSeconds(5);

    private const int SlowestMax = 10_000;

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Fixture files, or folders whose .json and .yaml files are taken at any depth. The format is recognized from the content.",
            Arity = ArgumentArity.OneOrMore,
        };
        var lanes = CommonOptions.Lanes("How many files run at once.");
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
            paths, lanes, filter, slowest, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var pattern = parsed.GetValue(filter);
            Regex? regex = null;
            if (pattern is not null)
            {
                TryCompile(pattern, out regex);
            }
            var options = new ReplayOptions(parsed.GetValue(paths)!, parsed.GetValue(lanes), regex, parsed.GetValue(slowest));
            return Task.FromResult(Run(options, parsed.GetValue(json), parsed.InvocationConfiguration, cancellation));
        });
        return command;
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
