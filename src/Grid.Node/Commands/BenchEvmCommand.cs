using System.CommandLine;
using System.Globalization;
using Grid.Node.Bench;
using Grid.Node.Bench.Evm;

namespace Grid.Node.Commands;

/// <summary>`grid bench evm`: contracts in the interpreter alone.</summary>
public static class BenchEvmCommand
{
    private const int MaxRuns = 10_000;

    public static Command Create()
    {
        var file = CommonOptions.File("--cases", "The cases: address, caller, and code with call data. expected.json beside it has return data and gas.");
        file.Required = true;
        var name = new Option<string?>("--case") { Description = "Runs this case only.", HelpName = "NAME" };
        var runs = CommonOptions.OptionalCount("--runs", "Timed runs of each case; without it as many as the case asks for.", MaxRuns);
        var json = CommonOptions.Json("Prints one JSON object a line.");
        var against = CommonOptions.Against();
        var anvil = CommonOptions.File("--anvil", "The anvil executable, where it isn't on the PATH.");
        var command = new Command("evm", "Times contract calls in the interpreter and checks return data and gas.") { file, name, runs, json, against, anvil };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                var cases = ContractCases.Load(parsed.GetValue(file)!.FullName);
                var chosen = parsed.GetValue(name) is { } one ? [.. cases.Cases.Where(entry => entry.Name == one)] : cases.Cases;
                if (chosen.Count == 0)
                {
                    error.WriteLine($"There is no case '{parsed.GetValue(name)}'; there are: {string.Join(", ", cases.Cases.Select(entry => entry.Name))}.");
                    return ExitCode.Usage;
                }
                await using var rival = parsed.GetValue(against) is null
                    ? null
                    : await AnvilContracts.StartAsync(AnvilProcess.Find(parsed.GetValue(anvil)), cancellation);
                var results = await RunAsync(cases, chosen, parsed.GetValue(runs), rival, result => Print(output, result, parsed.GetValue(json)), cancellation);
                PrintMean(output, results, parsed.GetValue(json));
                return results.TrueForAll(result => result.Ok) ? ExitCode.Ok : ExitCode.Failure;
            }
            catch (Exception exception) when (exception is BenchFileException or AnvilException)
            {
                error.WriteLine(exception.Message);
                return ExitCode.Failure;
            }
        });
        return command;
    }

    private static async Task<List<ContractResult>> RunAsync(
        ContractCases cases, IReadOnlyList<ContractCase> chosen, int? runs, AnvilProcess? rival, Action<ContractResult> print, CancellationToken cancellation)
    {
        var benchmark = new ContractBenchmark(cases);
        var results = new List<ContractResult>();
        foreach (var contract in chosen)
        {
            cancellation.ThrowIfCancellationRequested();
            var result = benchmark.Run(contract, runs);
            if (rival is not null)
            {
                var rivalMs = await new AnvilContracts(rival, cases).RunAsync(contract, runs ?? contract.Repeat, cancellation);
                result = result with { AnvilMsMedian = Sample.Round(rivalMs), Ratio = Sample.Round(rivalMs / result.MsMedian) };
            }
            results.Add(result);
            print(result);
        }
        return results;
    }

    private static void Print(TextWriter output, ContractResult result, bool json) => output.WriteLine(json ? BenchJson.Line(result) : result.ToString());

    /// <summary>The summary has no line in JSON unless there is something to compare with: one line a case is the contract.</summary>
    private static void PrintMean(TextWriter output, List<ContractResult> results, bool json)
    {
        var speed = Sample.GeometricMean([.. results.Select(result => result.MgasPerS)]);
        double? ratio = results.TrueForAll(result => result.Ratio is not null) ? Sample.GeometricMean([.. results.Select(result => result.Ratio!.Value)]) : null;
        if (!json)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"geometric mean {speed:F0} Mgas/s{(ratio is { } value ? $", ratio to anvil {value:F2}" : "")}"));
        }
        else if (ratio is { } value)
        {
            output.WriteLine(BenchJson.Line(new { GeometricMeanMgasPerS = Sample.Round(speed), GeometricMeanRatio = Sample.Round(value) }));
        }
    }
}
