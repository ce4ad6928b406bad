using System.Diagnostics;
using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Node.Bench.Block;

/// <summary>
/// Grains on silos in this process. The cluster stays for all runs: before each, its journal is rewound to the genesis block and the
/// coordinator recovers from it, which isn't timed.
/// </summary>
/// <param name="profilesMax">Contracts whose calls are learned; null for the preset.</param>
/// <param name="data">A folder in which every block is made durable before it counts as committed; null for memory alone.</param>
public sealed class GridEngine(BlockWorkload workload, int silos, int lanes, int? profilesMax = null, string? data = null) : IBlockEngine
{
    private readonly RewindingJournal _journal = new();
    private readonly RocksDbFolder? _folder = data is null ? null : RocksDbFolder.Open(data);
    private LocalCluster? _cluster;

    public string Name => "grid";

    public async Task<BlockRun> RunAsync(Transaction[] transactions, CancellationToken cancellation)
    {
        _cluster ??= await StartAsync();
        var coordinator = _cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        await _journal.RewindAsync(cancellation);
        await coordinator.Recover();
        var started = Stopwatch.GetTimestamp();
        var run = await CoordinatorBlock.MakeAsync(coordinator, workload, transactions);
        var totalMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        run = run with { Times = run.Times with { TotalMs = totalMs } };
        return silos == 1 ? run with { Sent = null, Fetches = null } : run;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
        _folder?.Dispose();
    }

    private Task<LocalCluster> StartAsync()
    {
        // The store stays at the genesis state: what a rewound block changed must not be in it.
        var options = new GridOptions { Genesis = workload.Genesis, Lanes = lanes, MakeBlocks = false, StoreInterval = TimeSpan.FromDays(1) };
        options = profilesMax is { } max ? options with { ProfilesMax = max } : options;
        return LocalCluster.StartAsync(options, silos, _folder is null ? _journal : new KeptJournal(_journal, _folder), new MemoryStateStore());
    }
}
