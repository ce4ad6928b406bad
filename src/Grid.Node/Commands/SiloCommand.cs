using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grid.Grains.Clustering;
using Grid.Grains.Faults;
using Grid.Node.Hosting;
using Grid.Node.Hosting.Pods;
using Grid.Storage;
using Grid.Storage.Postgres;

namespace Grid.Node.Commands;

/// <summary>`grid silo`: a silo that joins a cluster.</summary>
public static class SiloCommand
{
    private const string DefaultListen = "127.0.0.1:8546", DefaultSilo = "127.0.0.1:11111";

    private const int DefaultGatewayPort = 30_000;

    public static Command Create() => new Silo().Command;

    /// <summary>The command's options, and what it does with them.</summary>
    private sealed class Silo
    {
        private readonly Option<string> _database = StorageOptions.Database();
        private readonly Option<string> _listen = ListenOption.Create("Where health and metrics are told over HTTP.", DefaultListen);
        private readonly Option<string> _cluster = ClusterOption();

        private readonly Option<string> _silo = new("--silo")
        {
            Description = "Where other silos reach this one: an address of this machine, or a name that has one. It listens there.", HelpName = "HOST:PORT", DefaultValueFactory = _ => DefaultSilo,
        };

        private readonly Option<int> _gateway = new("--silo-gateway")
        {
            Description = "The port for gateways, at the same address.", HelpName = "PORT", DefaultValueFactory = _ => DefaultGatewayPort,
        };

        private readonly Option<bool> _trusted = new("--trusted-network")
        {
            Description = "Says that nobody but silos and gateways can reach --silo and --silo-gateway, or read what they say: without it a silo listens on loopback only.",
        };

        private readonly Option<bool> _createSchema = new("--create-schema")
        {
            Description = "Makes the tables, or brings them up to date, before it joins; the role of the connection must be allowed to. \"grid schema\" does the same and ends.",
        };

        private readonly Option<bool> _kubernetes = new("--kubernetes")
        {
            Description = "Says that it runs in a pod, which POD_NAME and POD_NAMESPACE tell: it takes the pod's name, and silos whose pods are deleted are dead at once. For all silos of a cluster or none.",
        };

        private readonly ChainOptions _chain = new();

        public Silo()
        {
            CommonOptions.Check(_silo, text => ListenOption.TrySplit(text, out _, out var port) && port > 0, $"--silo takes HOST:PORT, such as {DefaultSilo}.");
            CommonOptions.Check(_gateway, port => port is > 0 and <= ushort.MaxValue, $"--silo-gateway takes a port from 1 to {ushort.MaxValue}.");
            Command = new Command("silo", "Starts a silo that joins a cluster: a part of the chain, without a gateway.") { _database, _cluster, _silo, _gateway, _trusted, _kubernetes, _createSchema, _listen };
            _chain.AddTo(Command);
            Command.Options.Add(ConfiguredArguments.CreateOption());
            Command.SetAction(RunAsync);
        }

        public Command Command { get; }

        private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var configuration = parsed.InvocationConfiguration;
            ListenOption.TryParse(parsed.GetValue(_listen), out var listen);
            if (!ProcessFault.TryReadEnvironment(out var faults))
            {
                return await RefuseAsync(configuration, ProcessFault.Usage);
            }
            if (StorageOptions.DatabaseOf(parsed, _database) is not { } database)
            {
                return await RefuseAsync(configuration, $"A silo needs the cluster's database: --database or {StorageOptions.DatabaseVariable}. For one process without, there is \"grid node\".");
            }
            if (await ResolveAsync(parsed.GetValue(_silo)!) is not { } silo)
            {
                return await RefuseAsync(configuration, $"--silo {parsed.GetValue(_silo)}: the name has no address, or one that stands for all. Others need one that they can reach this silo at.");
            }
            if (!IPAddress.IsLoopback(silo.Address) && !parsed.GetValue(_trusted))
            {
                return await RefuseAsync(
                    configuration,
                    $"--silo {silo} can be reached from other machines, and what silos and gateways say to each other is neither encrypted nor authenticated: whoever reaches the ports {silo.Port} and {parsed.GetValue(_gateway)} "
                    + "can read and change all that the cluster does. Put them into a private network, a WireGuard tunnel or a service mesh that lets nobody else in, and say so with --trusted-network; or listen on 127.0.0.1.");
            }
            var endPoints = new SiloEndPoints(silo, parsed.GetValue(_gateway));
            foreach (var (endPoint, option) in new[] { (listen!, "--listen"), (silo, "--silo"), (new IPEndPoint(silo.Address, endPoints.GatewayPort), "--silo-gateway") })
            {
                if (ListenOption.WhyNotFree(endPoint) is { } reason)
                {
                    await ListenOption.ReportUnavailableAsync(configuration, endPoint, reason, option);
                    return ExitCode.Failure;
                }
            }
            SiloPod? pod = null;
            if (parsed.GetValue(_kubernetes))
            {
                try
                {
                    pod = SiloPod.Find();
                    await pod.CheckAsync(parsed.GetValue(_cluster)!, cancellation);
                }
                catch (PodException error)
                {
                    await configuration.Error.WriteLineAsync(Describe(error));
                    return error.Fault == PodFault.Unreachable ? ExitCode.Failure : ExitCode.Usage;
                }
            }
            database = _chain.LimitsOf(parsed).Apply(database);
            return await ChainFailure.ReportAsync(
                configuration, new StorageLocation(Database: database), _chain.GenesisOf(parsed), () => JoinAsync(parsed, database, listen!, endPoints, pod, faults, cancellation));
        }

        private async Task<int> JoinAsync(
            ParseResult parsed, PostgresOptions database, IPEndPoint listen, SiloEndPoints endPoints, SiloPod? pod, Grains.IFaultPoints? faults, CancellationToken cancellation)
        {
            var configuration = parsed.InvocationConfiguration;
            var location = new StorageLocation(Database: database);
            var orleans = OrleansSchema.OptionsFor(database);
            if (parsed.GetValue(_createSchema))
            {
                await OrleansSchema.CreateAsync(database, cancellation);
            }
            await PostgresSchema.PrepareAsync(orleans, OrleansSchema.Files, SchemaRule.Keep, cancellation);
            var opening = new ChainOpening(location, _chain.GenesisOf(parsed), _chain.IsArchive(parsed), _chain.PlanOf(parsed), SchemaRule.Keep);
            await opening.EnforcePlanAsync(cancellation);
            using var storage = await opening.OpenAsync(faults, cancellation);
            var origin = await opening.InstallAsync(storage, cancellation);
            await using var membership = PostgresSchema.Connect(orleans);
            var options = new SiloOptions(_chain.Of(parsed, origin, listen, location.Describe()), parsed.GetValue(_cluster)!, endPoints, pod);
            try
            {
                return await ServedApp.RunAsync(SiloHost.Build(options, storage, membership, faults), listen, configuration, url => GreetAsync(configuration.Output, options, url), cancellation);
            }
            catch (ClusterSettingsException difference)
            {
                return await RefuseAsync(
                    configuration,
                    $"This silo isn't as the others of cluster {options.ClusterId}: {Describe(difference.Own, difference.Cluster)}. Start it with the same options. To change them, stop all silos first.");
            }
        }

        private static string Describe(PodException error) => error.Fault switch
        {
            PodFault.Unnamed => $"--kubernetes needs the variables {error.Detail}, as deploy/kubernetes/silos.yaml sets them.",
            PodFault.Unconfigured => $"--kubernetes finds no way to the Kubernetes API: {error.Detail}",
            PodFault.Forbidden => $"--kubernetes: the pod's service account may not get and list pods; deploy/kubernetes/access.yaml has the role that it needs. {error.Detail}",
            PodFault.Missing => $"--kubernetes: the Kubernetes API knows no such pod, so check POD_NAME and POD_NAMESPACE. {error.Detail}",
            PodFault.Unlabelled => $"--kubernetes: the pod must have the labels {error.Detail}, by which silos of a cluster look for each other's pods.",
            _ => $"--kubernetes: the Kubernetes API can't be reached. {error.Detail}",
        };

        /// <summary>What differs, as options.</summary>
        private static string Describe(ClusterSettings own, ClusterSettings cluster)
        {
            var texts = new[]
            {
                ("--archive", own.IsArchive.ToString(), cluster.IsArchive.ToString()),
                ("--block-time", own.BlockTimeMs.ToString(CultureInfo.InvariantCulture), cluster.BlockTimeMs.ToString(CultureInfo.InvariantCulture)),
                ("--beneficiary", own.Beneficiary.ToString(), cluster.Beneficiary.ToString()),
                ("nibbles of a shard's prefix", own.ShardPrefixNibbles.ToString(CultureInfo.InvariantCulture), cluster.ShardPrefixNibbles.ToString(CultureInfo.InvariantCulture)),
            };
            return string.Join(", ", texts.Where(x => x.Item2 != x.Item3).Select(x => $"{x.Item1} is {x.Item2} here and {x.Item3} there"));
        }

        private static async Task GreetAsync(TextWriter output, SiloOptions options, string url)
        {
            var node = options.Node;
            await output.WriteLineAsync($"""

                The silo has joined: cluster {options.ClusterId}, chain {node.Genesis.Spec.ChainId.ToString(CultureInfo.InvariantCulture)}, {node.Lanes} lane(s). The chain is kept in {node.Storage}.

                  Silos      {options.EndPoints.Silos}
                  Gateways   {new IPEndPoint(options.EndPoints.Silos.Address, options.EndPoints.GatewayPort)}
                  Health     {url}/health/ready
                  Metrics    {url}/metrics

                Stop with Ctrl+C.
                """);
            await output.FlushAsync();
        }

        /// <summary>Null where the host has no address, or only one that means all addresses.</summary>
        private static async Task<IPEndPoint?> ResolveAsync(string text)
        {
            ListenOption.TrySplit(text, out var host, out var port);
            try
            {
                var addresses = host is "localhost" ? [IPAddress.Loopback] : IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host);
                var address = Array.Find(addresses, x => x.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault();
                return address is null || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null : new IPEndPoint(address, port);
            }
            catch (SocketException)
            {
                return null;
            }
        }

        private static async Task<int> RefuseAsync(InvocationConfiguration configuration, string why)
        {
            await configuration.Error.WriteLineAsync(why);
            return ExitCode.Usage;
        }
    }

    /// <summary>Which cluster a silo joins, and a gateway asks.</summary>
    internal static Option<string> ClusterOption() => new("--cluster")
    {
        Description = "The cluster's name; the same for all its silos and gateways.", HelpName = "ID", DefaultValueFactory = _ => ClusterDefaults.ClusterId,
    };
}
