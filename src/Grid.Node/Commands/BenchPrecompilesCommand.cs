using System.CommandLine;
using Grid.Node.Bench;
using Grid.Node.Bench.Precompiles;

namespace Grid.Node.Commands;

/// <summary>`grid bench precompiles`: what each precompile takes for its gas, on inputs that are hard for their price.</summary>
public static class BenchPrecompilesCommand
{
    private const int MaxRuns = 10_000;

    public static Command Create()
    {
        var runs = CommonOptions.Count("--runs", "Timed batches of calls of each case; the median counts.", 31, MaxRuns);
        var filter = new Option<string?>("--filter") { Description = "Runs only cases whose name contains this text.", HelpName = "TEXT" };
        var json = CommonOptions.Json("Prints one JSON object a line.");
        var command = new Command("precompiles", "Times precompiles on one core on inputs that are hard for their price, slowest first, and checks the outputs.")
        {
            runs, filter, json,
        };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var text = parsed.GetValue(filter) ?? "";
            var cases = PrecompileCases.All().Where(call => call.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).ToList();
            if (cases.Count == 0)
            {
                error.WriteLine($"No case's name contains '{text}'.");
                return ExitCode.Usage;
            }
            var results = cases.Select(call => PrecompileBenchmark.Run(call, parsed.GetValue(runs))).OrderBy(result => result.MgasPerS).ToList();
            foreach (var result in results)
            {
                output.WriteLine(parsed.GetValue(json) ? BenchJson.Line(result) : result.ToString());
            }
            return results.TrueForAll(result => result.Ok) ? ExitCode.Ok : ExitCode.Failure;
        });
        return command;
    }
}
