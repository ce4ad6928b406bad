using System.CommandLine;
using System.Globalization;
using Grid.Node.Bench;
using Grid.Node.Simulation;

namespace Grid.Node.Commands;

/// <summary>`grid simulate`: runs the commit protocol's own classes in seeded worlds of lost messages, crashes and zombies.</summary>
public static class SimulateCommand
{
    private const int PresetHistories = 1_000, HistoriesMax = 1_000_000_000, PresetSeconds = 86_400, SecondsMax = 86_400;

    public static Command Create()
    {
        var histories = CommonOptions.Count("--histories", "The most histories.", PresetHistories, HistoriesMax);
        var seconds = CommonOptions.Count("--seconds", "The most seconds.", PresetSeconds, SecondsMax);
        var seed = FuzzCommand.Seed();
        var history = new Option<ulong?>("--history") { Description = "Runs the one history with this seed again, and prints all that happens in it." };
        var json = CommonOptions.Json("Prints one JSON object at the end.");
        var command = new Command("simulate", "Runs clusters in simulated time, under faults that follow from a seed, and checks what must always hold.")
        {
            histories, seconds, seed, history, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var isJson = parsed.GetValue(json);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(history) is { } one)
            {
                return Task.FromResult(Replay(one, output));
            }
            var options = new SimulationOptions(
                parsed.GetValue(seed), parsed.GetValue(histories), TimeSpan.FromSeconds(parsed.GetValue(seconds)), Environment.ProcessorCount);
            Action<SimulationResult> onProgress = isJson ? _ => { } : result => output.WriteLine(Line(result));
            var result = SimulationRun.Run(options, onProgress, cancellation);
            Print(output, result, isJson);
            return Task.FromResult(result.Failures.Length == 0 ? ExitCode.Ok : ExitCode.Failure);
        });
        return command;
    }

    private static int Replay(ulong seed, TextWriter output)
    {
        var result = SimulatedHistory.Run(seed, onTrace: output.WriteLine);
        output.WriteLine(Line(result));
        return result.Violation is null ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void Print(TextWriter output, SimulationResult result, bool isJson)
    {
        if (isJson)
        {
            output.WriteLine(BenchJson.Line(result));
            return;
        }
        foreach (var failure in result.Failures)
        {
            output.WriteLine($"FAIL --history {failure.Seed.ToString(CultureInfo.InvariantCulture)} ({failure.Trouble}): {failure.Violation}");
        }
        output.WriteLine(Line(result));
    }

    private static string Line(SimulationResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Histories} histories, {result.Failed} failed; {result.Blocks} blocks, {result.Transactions} transactions, {result.Messages} messages between {result.Silos} silos, {result.VirtualSeconds:F0} simulated s in {result.Seconds} s");

    private static string Line(HistoryResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"history {result.Seed}: {result.Blocks} blocks, {result.Transactions} transactions, {result.VirtualSeconds:F1} s, trace {result.TraceHash:x16}: {result.Violation ?? "all holds"}");
}
