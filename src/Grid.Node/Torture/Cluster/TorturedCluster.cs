using System.Diagnostics;
using System.Globalization;
using System.Net;
using Grid.Node.Commands;
using Grid.Testing;

namespace Grid.Node.Torture.Cluster;

/// <summary>A gateway, across its lives: where it listens stays.</summary>
internal sealed class TorturedGateway(int port)
{
    /// <summary>A request may still find the old life, or the next one not listening yet.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private long _upSince;

    public int Port => port;

    public TorturedNode? Process { get; set; }

    public TortureClient Client { get; } = new(new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"));

    /// <summary>Whether a request to it may come to nothing.</summary>
    public bool MayCut => Volatile.Read(ref _upSince) is var since && (since == 0 || Stopwatch.GetElapsedTime(since) < Grace);

    public void MarkUp() => Volatile.Write(ref _upSince, Stopwatch.GetTimestamp());

    public void MarkDown() => Volatile.Write(ref _upSince, 0);
}

/// <summary>Silos, gateways and their database as processes, each of which can be killed and started again. Disposing kills them all.</summary>
internal sealed class TorturedCluster : IAsyncDisposable
{
    /// <summary>Below those that outgoing connections get: nobody takes the port of a silo that is down.</summary>
    private const int PortMin = 18_000, PortMax = 32_000, PortsPerSilo = 3, LinesShown = 30, LineLengthMax = 400;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(180), EndLimit = TimeSpan.FromSeconds(30);

    private readonly string[] _siloOptions;
    private readonly bool _arePinned;
    private readonly (int Http, int Silo, int Gateway)[] _ports;
    private readonly TorturedNode?[] _silos;

    /// <param name="siloOptions">What all silos are started with.</param>
    /// <param name="arePinned">Whether each silo may use one processor only, the first one the first, and so on.</param>
    public TorturedCluster(PostgresServer database, int silos, int gateways, string[] siloOptions, bool arePinned = false)
    {
        (Database, _siloOptions, _silos, _arePinned) = (database, siloOptions, new TorturedNode?[silos], arePinned);
        var ports = FreePorts((silos * PortsPerSilo) + gateways);
        _ports = [.. Enumerable.Range(0, silos).Select(i => (ports[PortsPerSilo * i], ports[(PortsPerSilo * i) + 1], ports[(PortsPerSilo * i) + 2]))];
        Gateways = [.. ports.Skip(silos * PortsPerSilo).Select(port => new TorturedGateway(port))];
    }

    public PostgresServer Database { get; }

    public int SiloCount => _silos.Length;

    public IReadOnlyList<TorturedGateway> Gateways { get; }

    /// <summary>Where each silo tells its health and metrics, by number.</summary>
    public IReadOnlyList<Uri> SiloAddresses => [.. _ports.Select(x => new Uri($"http://{At(x.Http)}"))];

    /// <summary>Where each silo listens for clients, by number.</summary>
    public IReadOnlyList<DnsEndPoint> SiloGateways => [.. _ports.Select(x => new DnsEndPoint("127.0.0.1", x.Gateway))];

    /// <summary>The silos' processes by number; null for one that is down.</summary>
    public IReadOnlyList<TorturedNode?> Silos => _silos;

    /// <summary>The last that each process said.</summary>
    public string Output => string.Join(
        '\n',
        _silos.Select((silo, i) => $"--- silo {i}:\n{Last(silo)}").Concat(Gateways.Select((gateway, i) => $"--- gateway {i}:\n{Last(gateway.Process)}")));

    /// <summary>Makes the tables, and starts everything.</summary>
    public Task StartAsync() => StartAsync(_silos.Length);

    /// <summary>Makes the tables, and starts the first so many silos and all gateways.</summary>
    public async Task StartAsync(int silos)
    {
        await using (var schema = TorturedNode.Start(["schema"], database: Database.ConnectionString))
        {
            if (await schema.WaitAsync(EndLimit) is not 0)
            {
                throw new TortureException($"grid schema failed. It said:\n{schema.Output}");
            }
        }
        for (var i = 0; i < silos; i++)
        {
            StartSilo(i);
        }
        foreach (var gateway in Gateways)
        {
            StartGateway(gateway);
        }
        await ReadyAsync();
    }

    public void StartSilo(int number)
    {
        var (http, silo, gateway) = _ports[number];
        _silos[number] = TorturedNode.Start(
            ["silo", "--listen", At(http), "--silo", At(silo), "--silo-gateway", gateway.ToString(CultureInfo.InvariantCulture), .. _siloOptions], database: Database.ConnectionString,
            core: _arePinned ? number % Environment.ProcessorCount : null);
    }

    public void StartGateway(TorturedGateway gateway) =>
        gateway.Process = TorturedNode.Start(["gateway", "--listen", At(gateway.Port), "--silos", string.Join(',', _ports.Select(x => At(x.Gateway)))]);

    /// <summary>Waits until all that were started answer.</summary>
    /// <exception cref="TortureException">One doesn't in time, or has ended by itself.</exception>
    public async Task ReadyAsync()
    {
        foreach (var (silo, i) in _silos.Select((silo, i) => (silo, i)).Where(x => x.silo is not null))
        {
            using var client = await silo!.ReadyAsync(ReadyLimit) ?? throw new TortureException($"Silo {i} ended by itself. It said:\n{silo.Output}");
        }
        foreach (var gateway in Gateways)
        {
            using var client = await gateway.Process!.ReadyAsync(ReadyLimit) ?? throw new TortureException($"A gateway ended by itself. It said:\n{gateway.Process!.Output}");
            if (gateway.MayCut)
            {
                gateway.MarkUp();
            }
        }
    }

    public async Task KillSiloAsync(int number)
    {
        await KillAsync(_silos[number]!);
        _silos[number] = null;
    }

    /// <summary>Tells a silo to leave (SIGTERM) and waits until it has; its exit code, or null where it hasn't in time.</summary>
    public async Task<int?> LeaveAsync(int number, TimeSpan limit)
    {
        var silo = _silos[number]!;
        silo.Terminate();
        return await silo.WaitAsync(limit);
    }

    public async Task KillGatewayAsync(TorturedGateway gateway)
    {
        gateway.MarkDown();
        await KillAsync(gateway.Process!);
        gateway.Process = null;
    }

    /// <summary>The silo of this address, as a gateway tells it.</summary>
    public int? NumberOf(string silo) => Array.FindIndex(_ports, ports => silo.Contains($":{ports.Silo.ToString(CultureInfo.InvariantCulture)}:", StringComparison.Ordinal)) is >= 0 and var number ? number : null;

    /// <summary>The silo that has the coordinator, as a gateway tells it; null where none has.</summary>
    /// <exception cref="TortureException">It is one that isn't ours.</exception>
    public async Task<int?> FindCoordinatorAsync(TortureClient gateway)
    {
        var silo = (await gateway.GetGrainsAsync()).Silos.FirstOrDefault(x => x.GrainTypes.Any(type => type is { GrainType: "BlockCoordinatorGrain", Activations: > 0 }));
        return silo is null ? null : NumberOf(silo.Silo) ?? throw new TortureException("The coordinator is on a silo that nobody knows.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _silos.Concat(Gateways.Select(gateway => gateway.Process)).OfType<TorturedNode>())
        {
            await process.DisposeAsync();
        }
        foreach (var gateway in Gateways)
        {
            gateway.Client.Dispose();
        }
    }

    private static string Last(TorturedNode? process) =>
        string.Join('\n', (process?.Output ?? "").Split('\n').TakeLast(LinesShown).Select(line => line.Length > LineLengthMax ? line[..LineLengthMax] : line));

    private static async Task KillAsync(TorturedNode process)
    {
        if (process.HasExited)
        {
            throw new TortureException($"A process ended by itself. It said:\n{process.Output}");
        }
        process.Kill();
        if (await process.WaitAsync(EndLimit) is null)
        {
            throw new TortureException("A process survived SIGKILL.");
        }
        await process.DisposeAsync();
    }

    private static string At(int port) => $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";

    private static List<int> FreePorts(int count)
    {
        var ports = new List<int>();
        for (var port = Random.Shared.Next(PortMin, PortMax - (count * 10)); ports.Count < count; port++)
        {
            if (port == PortMax)
            {
                throw new InvalidOperationException("There are no free ports.");
            }
            if (ListenOption.WhyNotFree(new IPEndPoint(IPAddress.Loopback, port)) is null)
            {
                ports.Add(port);
            }
        }
        return ports;
    }
}
