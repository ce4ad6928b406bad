using System.CommandLine;
using System.Globalization;
using Grid.Node.Bench;
using Grid.Node.Torture;
using Grid.Node.Torture.Cluster;
using Grid.Testing;

namespace Grid.Node.Commands;

/// <summary>`grid torture`: kills a working node again and again, and looks whether anything is lost.</summary>
public static class TortureCommand
{
    private const int PresetRounds = 10, RoundsMax = 100_000, PresetSilos = 3, PresetGateways = 2, ProcessesMax = 16;

    public static Command Create()
    {
        var rounds = CommonOptions.Count("--rounds", "How often the node is killed while it works; while it starts, about as often.", PresetRounds, RoundsMax);
        var seed = FuzzCommand.Seed();
        var atFaultPoints = new Option<bool>("--at-fault-points") { Description = "Has the node end itself before and after each durable write, and between the steps to a block, one after the other, instead of killing it by time." };
        var noVerify = new Option<bool>("--no-verify") { Description = "Doesn't have the whole chain executed again after each kill." };
        var keep = new Option<bool>("--keep") { Description = "Keeps the data folder when something is lost." };
        var cluster = new Option<bool>("--cluster") { Description = "Tortures a cluster of processes over a PostgreSQL server that it starts: each round kills a silo, the coordinator's silo, a gateway or the server." };
        var silos = CommonOptions.Count("--silos", "Silos of the cluster.", PresetSilos, ProcessesMax);
        var gateways = CommonOptions.Count("--gateways", "Gateways of the cluster.", PresetGateways, ProcessesMax);
        var json = CommonOptions.Json("Prints one JSON object at the end.");
        var command = new Command("torture", "Runs a node under load, kills it (SIGKILL), and checks after each restart that all it acknowledged is there, unchanged, and once.")
        {
            rounds, seed, atFaultPoints, noVerify, keep, cluster, silos, gateways, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var isJson = parsed.GetValue(json);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(cluster))
            {
                return await RunAsync(
                    new ClusterTortureOptions(parsed.GetValue(rounds), parsed.GetValue(seed), parsed.GetValue(silos), parsed.GetValue(gateways), !parsed.GetValue(noVerify)),
                    isJson, parsed.InvocationConfiguration, cancellation);
            }
            var options = new TortureOptions(parsed.GetValue(rounds), parsed.GetValue(seed), parsed.GetValue(atFaultPoints), !parsed.GetValue(noVerify));
            var parent = Directory.CreateTempSubdirectory("grid-torture-");
            TortureResult? result = null;
            try
            {
                if (!isJson)
                {
                    output.WriteLine($"seed {options.Seed.ToString(CultureInfo.InvariantCulture)}");
                }
                var run = new TortureRun(options, parent.FullName, line =>
                {
                    if (!isJson)
                    {
                        output.WriteLine(line);
                    }
                });
                result = await run.RunAsync(cancellation);
                Print(output, result, isJson);
                return result.Lost is null ? ExitCode.Ok : ExitCode.Failure;
            }
            finally
            {
                if (result?.Lost is not null && parsed.GetValue(keep))
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync($"The folder is kept: {parent.FullName}");
                }
                else
                {
                    parent.Delete(recursive: true);
                }
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(ClusterTortureOptions options, bool isJson, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        if (!PostgresServer.IsInstalled)
        {
            await configuration.Error.WriteLineAsync(PostgresServer.Missing);
            return ExitCode.Usage;
        }
        var output = configuration.Output;
        var parent = Directory.CreateTempSubdirectory("grid-torture-");
        try
        {
            var run = new ClusterTortureRun(options, parent.FullName, line =>
            {
                if (!isJson)
                {
                    output.WriteLine(line);
                }
            });
            var result = await run.RunAsync(cancellation);
            output.WriteLine(isJson ? BenchJson.Line(result) : string.Create(
                CultureInfo.InvariantCulture,
                $"""
                seed {result.Seed}: {result.SiloKills} silos, {result.CoordinatorSiloKills} coordinators' silos, {result.GatewayKills} gateways, {result.DatabaseKills} times the database killed, {result.EarlyKills} silos while they started
                {result.Blocks} blocks, {result.Acknowledged} transactions acknowledged, {result.Resubmitted} sent again, {result.Retried} answers "not now", {result.Verified} times verified, {result.Seconds} s
                blocks went on {result.ResumeMedianSeconds} s after a silo was killed (median; at most {result.ResumeMaxSeconds} s), and {result.DatabaseResumeMaxSeconds} s at most after the database was back
                {(result.Lost is null ? "nothing is lost" : $"LOST: {result.Lost}")}
                """));
            return result.Lost is null ? ExitCode.Ok : ExitCode.Failure;
        }
        finally
        {
            parent.Delete(recursive: true);
        }
    }

    private static void Print(TextWriter output, TortureResult result, bool isJson)
    {
        if (isJson)
        {
            output.WriteLine(BenchJson.Line(result));
            return;
        }
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Kills} kills at work, {result.EarlyKills} at the start, {result.FaultPoints.Length} at fault points; {result.Blocks} blocks, {result.Acknowledged} transactions acknowledged, {result.Resubmitted} sent again, {result.Verified} times verified, {result.Seconds} s"));
        output.WriteLine(result.Lost is null ? "nothing is lost" : $"LOST: {result.Lost}");
    }
}
