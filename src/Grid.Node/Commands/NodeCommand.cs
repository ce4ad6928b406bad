using System.CommandLine;
using Grid.Chain;
using Grid.Grains.Faults;
using Grid.Node.Hosting;
using Grid.Storage.Postgres;

namespace Grid.Node.Commands;

/// <summary>`grid node`: a working node in one process.</summary>
public static class NodeCommand
{
    private const string DefaultListen = "127.0.0.1:8545";

    public static Command Create()
    {
        var listen = ListenOption.Create("Where REST, JSON-RPC and the dashboard listen.", DefaultListen);
        var storage = new StorageOptions("Without it: memory, and a node that stops loses the chain.");
        var chain = new ChainOptions();
        var command = new Command("node", "Starts a node: a silo, the gateway and the dashboard in one process.") { listen };
        chain.AddTo(command);
        storage.AddTo(command);
        command.Options.Add(ConfiguredArguments.CreateOption());
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = parsed.InvocationConfiguration;
            ListenOption.TryParse(parsed.GetValue(listen), out var endPoint);
            if (!ProcessFault.TryReadEnvironment(out var faults))
            {
                await configuration.Error.WriteLineAsync(ProcessFault.Usage);
                return ExitCode.Usage;
            }
            var location = storage.LocationOf(parsed, chain.LimitsOf(parsed));
            var plan = chain.PlanOf(parsed);
            // Before anything else starts, whose end would be told at length.
            if (ListenOption.WhyNotFree(endPoint!) is { } reason)
            {
                await ListenOption.ReportUnavailableAsync(configuration, endPoint!, reason);
                return ExitCode.Failure;
            }
            if (plan is not null && location is { Folder: null, Database: null })
            {
                await configuration.Error.WriteLineAsync("--memory needs --data or --database: what isn't in memory must be somewhere.");
                return ExitCode.Usage;
            }
            return await ChainFailure.ReportAsync(configuration, location, chain.GenesisOf(parsed), async () =>
            {
                var opening = new ChainOpening(location, chain.GenesisOf(parsed), chain.IsArchive(parsed), plan, SchemaRule.Create);
                await opening.EnforcePlanAsync(cancellation);
                using var opened = await opening.OpenAsync(faults, cancellation);
                var origin = await opening.InstallAsync(opened, cancellation);
                var options = chain.Of(parsed, origin, endPoint!, location.Describe());
                return await ServedApp.RunAsync(
                    NodeHost.Build(options, opened, faults),
                    endPoint!,
                    configuration,
                    async url => await NodeGreeting.WriteAsync(configuration.Output, options, url, await opened.History.ReadStartAsync(cancellation)),
                    cancellation);
            });
        });
        return command;
    }
}
