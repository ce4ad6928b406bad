using Grid.Grains.Coordinator;
using Grid.Grains.Placement;
using Grid.Grains.Pool;

namespace Grid.Grains.Load;

/// <summary>Collects the cluster's figures, at most twice a second whoever asks how often.</summary>
/// <remarks>Safe because the last report is immutable and replaced whole, and a semaphore lets one collection run at a time.</remarks>
public sealed class ClusterReporter(IGrainFactory grains, SiloDirectory silos, ShardLayout layout, ShardPins pins, TimeProvider time) : IDisposable
{
    private const long MaxAgeMs = 500;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile ClusterReport? _last;

    public async Task<ClusterReport> ReportAsync()
    {
        if (Fresh() is { } fresh)
        {
            return fresh;
        }
        await _gate.WaitAsync();
        try
        {
            return Fresh() ?? (_last = await CollectAsync());
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private ClusterReport? Fresh() => _last is { } last && time.GetUtcNow().ToUnixTimeMilliseconds() - last.UnixMs < MaxAgeMs ? last : null;

    private async Task<ClusterReport> CollectAsync()
    {
        var coordinator = grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key).Describe();
        var loads = Task.WhenAll(silos.ActiveSilos().Select(silo => silos.LaneOf(silo).DescribeLoad()));
        var pools = await Task.WhenAll(Enumerable.Range(0, layout.Count).Select(shard => grains.GetGrain<ITransactionPoolGrain>(shard).Describe()));
        var rejected = pools.SelectMany(pool => pool.Rejected).GroupBy(x => x.Key).ToDictionary(group => group.Key, group => group.Sum(x => x.Value));
        var pool = new PoolDescription(
            pools.Sum(x => x.Pending), pools.Sum(x => x.Queued), pools.Sum(x => x.Limit), pools.Min(x => x.OldestUnixMs), rejected);
        var reports = await loads;
        var moves = MoveAdvice.Of(reports, layout);
        return new ClusterReport(time.GetUtcNow().ToUnixTimeMilliseconds(), reports, pool, await coordinator, pins.Current, moves);
    }
}
