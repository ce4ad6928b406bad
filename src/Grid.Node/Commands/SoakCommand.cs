using System.CommandLine;
using System.Globalization;
using Grid.Node.Bench;
using Grid.Node.Soak;

namespace Grid.Node.Commands;

/// <summary>`grid soak`: random conflicting traffic, block after block, each compared with sequential execution.</summary>
public static class SoakCommand
{
    private const int PresetTransactions = 1_000_000, TransactionsMax = 1_000_000_000, PresetBlock = 4_096, BlockMax = 50_000, SilosMax = 8, PresetLanes = 4;

    public static Command Create()
    {
        var transactions = CommonOptions.Count("--transactions", "Transactions at least.", PresetTransactions, TransactionsMax);
        var block = CommonOptions.Count("--block", "The most transactions of a block; sizes from one to this are drawn.", PresetBlock, BlockMax);
        var seed = FuzzCommand.Seed();
        var silos = CommonOptions.Count("--silos", "Silos in this process.", 1, SilosMax);
        var lanes = CommonOptions.Lanes("Threads a silo that execute and apply.", PresetLanes);
        var json = CommonOptions.Json("Prints one JSON object at the end.");
        var command = new Command("soak", "Makes blocks of random conflicting traffic on a cluster, and compares every block's hash with sequential execution.")
        {
            transactions, block, seed, silos, lanes, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var isJson = parsed.GetValue(json);
            var output = parsed.InvocationConfiguration.Output;
            var options = new SoakOptions(
                parsed.GetValue(seed), parsed.GetValue(transactions), parsed.GetValue(block), parsed.GetValue(silos), parsed.GetValue(lanes));
            var result = await SoakRun.RunAsync(options, line =>
            {
                if (!isJson)
                {
                    output.WriteLine(line);
                }
            }, cancellation);
            Print(output, result, isJson);
            return result is { Differing: null, IsFlat: true } && result.Transactions >= options.Transactions ? ExitCode.Ok : ExitCode.Failure;
        });
        return command;
    }

    private static void Print(TextWriter output, SoakResult result, bool isJson)
    {
        if (isJson)
        {
            output.WriteLine(BenchJson.Line(result));
            return;
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {result.Seed}: {result.Transactions} transactions in {result.Blocks} blocks, {result.Rejected} passed over, {result.Executions} executions, {result.Seconds} s"));
        output.WriteLine($"blocks by fallback: {string.Join(", ", result.Fallbacks.Select(pair => $"{pair.Key} {pair.Value}"))}");
        output.WriteLine(result.Differing is { } block ? $"block {block} DIFFERS from sequential execution" : "every block is that of sequential execution");
        output.WriteLine($"memory {(result.IsFlat ? "flat" : "GROWS")}: {string.Join(", ", result.MemoryMib.Select(mib => mib.ToString(CultureInfo.InvariantCulture)))} MiB");
    }
}
