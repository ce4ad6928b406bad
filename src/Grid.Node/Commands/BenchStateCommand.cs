using System.CommandLine;
using Grid.Node.Bench;
using Grid.Node.Bench.State;
using Grid.Node.Hosting;

namespace Grid.Node.Commands;

/// <summary>`grid bench state`: how a node starts and lives with many accounts, and whether it keeps to its memory.</summary>
public static class BenchStateCommand
{
    private const int PresetAccounts = 1_000_000, AccountsMax = 100_000_000, PresetSeconds = 60, SecondsMax = 86_400;

    public static Command Create()
    {
        var accounts = CommonOptions.Count("--accounts", "Accounts of the genesis state.", PresetAccounts, AccountsMax);
        var memory = CommonOptions.OptionalCount("--memory", $"The node's memory limit, in MiB; {MemoryPlan.LimitMibMin} at least. Without it: none.", MemoryPlan.LimitMibMax);
        var seconds = CommonOptions.Count("--seconds", "How long transfers are sent.", PresetSeconds, SecondsMax);
        var seed = FuzzCommand.Seed();
        var json = CommonOptions.Json("Prints one JSON object.");
        var command = new Command("state", "Starts a node on a state of many accounts, kills and starts it again, and sends random transfers among all of them.") { accounts, memory, seconds, seed, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, isJson) = (parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            var options = new StateBenchmarkOptions(parsed.GetValue(accounts), parsed.GetValue(memory), parsed.GetValue(seconds), parsed.GetValue(seed));
            var result = await StateBenchmark.RunAsync(options, line =>
            {
                if (!isJson)
                {
                    output.WriteLine(line);
                }
            }, cancellation);
            await output.WriteLineAsync(isJson ? BenchJson.Line(result) : result.ToString());
            return result.IsWithinLimit && result.Transfers > 0 ? ExitCode.Ok : ExitCode.Failure;
        });
        return command;
    }
}
