using System.CommandLine;
using System.Net;
using Grid.Grains.Clustering;
using Grid.Node.Hosting;

namespace Grid.Node.Commands;

/// <summary>`grid gateway`: REST, JSON-RPC and the page of a cluster.</summary>
public static class GatewayCommand
{
    private const string DefaultListen = "127.0.0.1:8545", DefaultSilos = "127.0.0.1:30000";

    private const int SilosMax = 256;

    public static Command Create()
    {
        var listen = ListenOption.Create("Where REST, JSON-RPC and the dashboard listen.", DefaultListen);
        var cluster = SiloCommand.ClusterOption();
        var limits = LimitsCommand.CreateOption();
        var collector = CommonOptions.Collector();
        var silos = new Option<string>("--silos")
        {
            Description = "Where silos listen for gateways (their --silo-gateway): one is enough to begin with. A name may have many addresses, and is resolved again and again.",
            HelpName = "HOST:PORT[,HOST:PORT…]", DefaultValueFactory = _ => DefaultSilos,
        };
        CommonOptions.Check(silos, text => TryParse(text, out _), $"--silos takes HOST:PORT, or several with commas in between, {SilosMax} at most.");
        var command = new Command("gateway", "Starts a gateway to a cluster: REST, JSON-RPC and the dashboard, and no part of the chain.") { silos, cluster, listen, limits, collector };
        command.Options.Add(ConfiguredArguments.CreateOption());
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = parsed.InvocationConfiguration;
            ListenOption.TryParse(parsed.GetValue(listen), out var endPoint);
            TryParse(parsed.GetValue(silos), out var found);
            if (ListenOption.WhyNotFree(endPoint!) is { } reason)
            {
                await ListenOption.ReportUnavailableAsync(configuration, endPoint!, reason);
                return ExitCode.Failure;
            }
            var location = new ClusterLocation(parsed.GetValue(cluster)!, found);
            return await ServedApp.RunAsync(
                GatewayHost.Build(location, endPoint!, LimitsCommand.Of(parsed, limits), parsed.GetValue(collector)), endPoint!, configuration, url => GreetAsync(configuration.Output, location, url), cancellation);
        });
        return command;
    }

    private static async Task GreetAsync(TextWriter output, ClusterLocation cluster, string url)
    {
        await output.WriteLineAsync($"""

            The gateway listens: cluster {cluster.ClusterId}, silos at {string.Join(", ", cluster.Silos.Select(silo => $"{silo.Host}:{silo.Port}"))}. It answers 503 until one of them does.

              JSON-RPC   {url}
              REST       {url}/v1/status
              Reference  {url}/docs
              Dashboard  {url}/dashboard
              Metrics    {url}/metrics

            Stop with Ctrl+C.
            """);
        await output.FlushAsync();
    }

    private static bool TryParse(string? text, out IReadOnlyList<DnsEndPoint> silos)
    {
        var found = new List<DnsEndPoint>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ListenOption.TrySplit(part, out var host, out var port) || port == 0)
            {
                silos = [];
                return false;
            }
            found.Add(new DnsEndPoint(host, port));
        }
        silos = found;
        return found.Count is > 0 and <= SilosMax;
    }
}
