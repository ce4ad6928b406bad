using Grid.Client;
using Grid.Testing;

namespace Grid.EndToEnd;

/// <summary>A cluster of processes over a database server of its own: silos with numbers, and gateways. Disposing ends them all.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private const int PortsPerSilo = 3;

    private readonly int[] _ports;
    private readonly NodeProcess?[] _silos;
    private readonly List<NodeProcess> _gateways = [];

    private ClusterProcesses(PostgresServer server, int silosMax)
    {
        (Server, _silos) = (server, new NodeProcess?[silosMax]);
        _ports = [.. Enumerable.Range(0, silosMax * PortsPerSilo).Select(_ => NodeProcess.FreePort())];
    }

    public PostgresServer Server { get; }

    /// <summary>Those that run, with their numbers.</summary>
    public IEnumerable<(int Number, NodeProcess Process)> Silos => _silos.Select((process, number) => (number, process)).Where(x => x.process is not null).Select(x => (x.number, x.process!));

    /// <summary>Starts the server, and no silo yet. Skips the test where PostgreSQL isn't installed.</summary>
    public static async Task<ClusterProcesses> StartAsync(int silosMax)
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        return new ClusterProcesses(await PostgresServer.StartAsync(), silosMax);
    }

    /// <summary>Starts a silo, and doesn't wait for it.</summary>
    public NodeProcess StartSilo(int number, params string[] options) => _silos[number] = NodeProcess.StartRole(
        "silo", _ports[number * PortsPerSilo], Server.ConnectionString,
        ["--silo", PlaceOf(number), "--silo-gateway", $"{GatewayPort(number)}", "--block-time", "100", .. options]);

    /// <summary>A silo that may be refused; it is no part of the cluster.</summary>
    public async Task<Outcome> TrySiloAsync(params string[] options)
    {
        await using var silo = NodeProcess.StartRole(
            "silo", NodeProcess.FreePort(), Server.ConnectionString, ["--silo", $"127.0.0.1:{NodeProcess.FreePort()}", "--silo-gateway", $"{NodeProcess.FreePort()}", .. options]);
        return await silo.WaitAsync();
    }

    /// <summary>Starts a gateway that knows where all silos are that there may be, and doesn't wait for it.</summary>
    public NodeProcess StartGateway()
    {
        var gateway = NodeProcess.StartRole("gateway", NodeProcess.FreePort(), null, ["--silos", string.Join(',', Enumerable.Range(0, _silos.Length).Select(i => $"127.0.0.1:{GatewayPort(i)}"))]);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>The silo that has the coordinator, as the gateway's grid tells it.</summary>
    public async Task<int?> FindCoordinatorAsync(NodeProcess gateway)
    {
        try
        {
            var report = await gateway.Client.GetGrainsAsync();
            var silo = report.Silos.FirstOrDefault(x => x.GrainTypes.Any(type => type is { GrainType: "BlockCoordinatorGrain", Activations: > 0 }));
            return silo is null ? null : NumberOf(silo);
        }
        catch (GridException)
        {
            return null;
        }
    }

    /// <summary>The number of a silo of a report.</summary>
    public int NumberOf(SiloInfo silo) => Enumerable.Range(0, _silos.Length).First(i => silo.Silo.Contains($"{PlaceOf(i)}:", StringComparison.Ordinal));

    /// <summary>Where a silo listens for others.</summary>
    public string PlaceOf(int number) => $"127.0.0.1:{_ports[(number * PortsPerSilo) + 1]}";

    /// <summary>Has a silo stand still without dying.</summary>
    public void FreezeSilo(int number) => _silos[number]!.Freeze();

    public async Task KillSiloAsync(int number)
    {
        await _silos[number]!.KillAsync();
        await RemoveAsync(number);
    }

    /// <summary>Has a silo leave.</summary>
    public async Task<Outcome> StopSiloAsync(int number)
    {
        var outcome = await _silos[number]!.StopAsync();
        await RemoveAsync(number);
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _silos.OfType<NodeProcess>().Concat(_gateways))
        {
            await process.DisposeAsync();
        }
        await Server.DisposeAsync();
    }

    private int GatewayPort(int number) => _ports[(number * PortsPerSilo) + 2];

    private async Task RemoveAsync(int number)
    {
        await _silos[number]!.DisposeAsync();
        _silos[number] = null;
    }
}
