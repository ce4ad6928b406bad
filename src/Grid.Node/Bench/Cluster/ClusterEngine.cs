using System.Globalization;
using Grid.Chain;
using Grid.Grains.Clustering;
using Grid.Grains.Coordinator;
using Grid.Node.Bench.Block;
using Grid.Node.Torture.Cluster;
using Grid.Testing;

namespace Grid.Node.Bench.Cluster;

/// <summary>What silos say to each other, and to whoever asked, while a block is made.</summary>
/// <param name="Messages">Messages that silos sent, the answer to whoever asked for the block among them.</param>
/// <param name="Bytes">What they have, headers and all.</param>
internal readonly record struct ClusterTraffic(double Messages, double Bytes);

/// <summary>
/// Silos as processes of their own over a PostgreSQL server, all of which it starts, and of which a client in this process asks for blocks. They stay for all runs:
/// before each, the database is rewound to the genesis block and the coordinator recovers from it, which isn't timed.
/// </summary>
/// <param name="arePinned">Whether each silo may use one processor only.</param>
internal sealed class ClusterEngine(BlockWorkload workload, int silos, int lanes, bool arePinned) : IBlockEngine
{
    /// <summary>Of Orleans' silos: what a silo has sent, to silos and clients, in bytes and as their number; the headers' share of the bytes.</summary>
    private const string SentSizeSum = "orleans_messaging_sent_messages_size_bytes_sum", SentSizeCount = "orleans_messaging_sent_messages_size_bytes_count";

    private const string SharedBuffers = "shared_buffers=256MB";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(5);

    /// <summary>A silo gives the same answer for so long: what it says then is of now.</summary>
    private static readonly TimeSpan MetricsAge = TimeSpan.FromMilliseconds(600);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private GenesisFile? _genesis;
    private PostgresServer? _server;
    private TorturedCluster? _cluster;
    private RewoundDatabase? _database;
    private ClusterClient? _client;

    public string Name => "cluster";

    public async Task<BlockRun> RunAsync(Transaction[] transactions, CancellationToken cancellation)
    {
        await BeginAsync(cancellation);
        return await MakeAsync(transactions);
    }

    /// <summary>What is sent for a block, which is made for that. Pings and the like are among it.</summary>
    public async Task<ClusterTraffic> CountAsync(Transaction[] transactions, CancellationToken cancellation)
    {
        await BeginAsync(cancellation);
        await Task.Delay(MetricsAge, cancellation);
        var before = await SumAsync(cancellation);
        await MakeAsync(transactions);
        await Task.Delay(MetricsAge, cancellation);
        var after = await SumAsync(cancellation);
        return new ClusterTraffic(after.Messages - before.Messages, after.Bytes - before.Bytes);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _genesis?.Dispose();
        _http.Dispose();
    }

    private IBlockCoordinatorGrain Coordinator => _client!.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);

    private async Task BeginAsync(CancellationToken cancellation)
    {
        if (_client is null)
        {
            await StartAsync(cancellation);
        }
        await _database!.RewindAsync(cancellation);
        await Coordinator.Recover();
        // One run doesn't pay for the garbage of another, nor of the recovery.
        await _client!.CollectGarbageAsync();
    }

    private Task<BlockRun> MakeAsync(Transaction[] transactions) => CoordinatorBlock.MakeAsync(Coordinator, workload, transactions);

    private async Task StartAsync(CancellationToken cancellation)
    {
        _genesis = GenesisFile.Of(workload);
        _server = await PostgresServer.StartAsync(SharedBuffers);
        // Blocks are made when they are asked for: by time, there would be one a day.
        string[] options =
        [
            "--genesis", _genesis.Path, "--lanes", lanes.ToString(CultureInfo.InvariantCulture),
            "--block-time", ((long)TimeSpan.FromDays(1).TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        ];
        _cluster = new TorturedCluster(_server, silos, gateways: 0, options, arePinned);
        await _cluster.StartAsync();
        _database = new RewoundDatabase(_server.ConnectionString);
        _client = await ClusterClient.ConnectAsync(new ClusterLocation(ClusterDefaults.ClusterId, _cluster.SiloGateways), AnswerTimeout, cancellation);
    }

    private async Task<ClusterTraffic> SumAsync(CancellationToken cancellation)
    {
        var metrics = await SiloMetrics.ReadAsync(_http, _cluster!.SiloAddresses, cancellation);
        return new ClusterTraffic(metrics.Sum(silo => silo[SentSizeCount]), metrics.Sum(silo => silo[SentSizeSum]));
    }
}
