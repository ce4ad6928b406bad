using System.CommandLine;
using Grid.Node.Bench;
using Grid.Node.Bench.Block;
using Grid.Node.Bench.Import;

namespace Grid.Node.Commands;

/// <summary>`grid bench import`: what access lists save whoever imports blocks.</summary>
public static class BenchImportCommand
{
    private const int SilosMax = 64, BlocksMax = 4_096, TransactionsMax = 1_000_000, PresetBlocks = 5, PresetRuns = 9, RunsMax = 1_000, PresetWarmUp = 4;

    public static Command Create()
    {
        var workload = new Option<string>("--workload") { Description = WorkloadOption.Description, HelpName = WorkloadOption.HelpName, Required = true };
        workload.Validators.Add(result =>
        {
            if (WorkloadOption.WhyNot(result.Tokens[0].Value) is { } reason)
            {
                result.AddError($"--workload: {reason}");
            }
        });
        var transactions = CommonOptions.OptionalCount("--transactions", "How many; without it: all.", TransactionsMax);
        var blocks = CommonOptions.Count("--blocks", "Blocks that they are divided into.", PresetBlocks, BlocksMax);
        var silos = CommonOptions.Count("--silos", "Silos in this process.", 1, SilosMax);
        var lanes = CommonOptions.Lanes("Threads a silo that execute and apply.");
        var runs = CommonOptions.Count("--runs", "Pairs of imports; the medians count.", PresetRuns, RunsMax);
        var warmUp = CommonOptions.Count("--warm-up", "Pairs of imports before.", PresetWarmUp, RunsMax);
        var seed = FuzzCommand.Seed();
        var senders = new Option<bool>("--known-senders") { Description = "Recovers the senders before the clock starts: what is left is what lists change." };
        var json = CommonOptions.Json("Prints one JSON object.");
        var command = new Command("import", "Imports a workload's blocks with and without their access lists in turn, and compares the times.")
        {
            workload, transactions, blocks, silos, lanes, runs, warmUp, seed, senders, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, isJson) = (parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            try
            {
                var loaded = await WorkloadOption.LoadAsync(parsed.GetValue(workload)!, parsed.GetValue(transactions), parsed.GetValue(seed), cancellation);
                var options = new ImportBenchmarkOptions(
                    Math.Min(parsed.GetValue(transactions) ?? int.MaxValue, loaded.Transactions.Length), parsed.GetValue(blocks), parsed.GetValue(silos),
                    parsed.GetValue(lanes), parsed.GetValue(runs), parsed.GetValue(warmUp), parsed.GetValue(senders));
                var result = await new ImportBenchmark(loaded, options).RunAsync(
                    line =>
                    {
                        if (!isJson)
                        {
                            output.WriteLine(line);
                        }
                    },
                    cancellation);
                await output.WriteLineAsync(isJson ? BenchJson.Line(result) : result.ToString());
                return result.Ok ? ExitCode.Ok : ExitCode.Failure;
            }
            catch (BenchFileException error)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(error.Message);
                return ExitCode.Usage;
            }
        });
        return command;
    }
}
