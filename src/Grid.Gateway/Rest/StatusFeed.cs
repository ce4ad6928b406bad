using Grid.Gateway.JsonRpc.Methods;
using Grid.Grains.Load;
using Grid.Grains.Reader;

namespace Grid.Gateway.Rest;

/// <summary>
/// The node at a glance, made when somebody asks and shared by all who ask within half a second: nobody's looking costs nothing.
/// Rates come from comparing the coordinator's counters with those of earlier answers.
/// </summary>
/// <remarks>
/// Safe because only the holder of the gate touches the fields, but for the last answer, a reference to an immutable record that is
/// read and written whole.
/// </remarks>
internal sealed class StatusFeed(IGridAccess grid, TimeProvider time) : IDisposable
{
    private const int RecentBlocks = 12;
    private const int SamplesMax = 64;

    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(450);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Queue<Sample> _samples = new(SamplesMax);
    private readonly Dictionary<ulong, BlockSummaryResource> _blocks = [];
    private volatile Answer? _last;

    private sealed record Sample(long Timestamp, long Blocks, long Transactions, long GasUsed);

    private sealed record Answer(long Timestamp, StatusResource Status);

    public async ValueTask<StatusResource> GetAsync(CancellationToken cancellation)
    {
        if (Fresh() is { } fresh)
        {
            return fresh;
        }
        await _gate.WaitAsync(cancellation);
        try
        {
            if (Fresh() is { } made)
            {
                return made;
            }
            var status = await Make();
            _last = new Answer(time.GetTimestamp(), status);
            return status;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private StatusResource? Fresh() => _last is { } last && time.GetElapsedTime(last.Timestamp) < MaxAge ? last.Status : null;

    private async Task<StatusResource> Make()
    {
        var info = await grid.Reader.GetChainInfo();
        var report = await grid.Reader.GetClusterReport();
        var blocks = await ReadRecentBlocks(info.Head.Number);
        var (coordinator, pool) = (report.Coordinator, report.Pool);
        var times = coordinator.LastTimes;
        return new StatusResource(
            report.UnixMs,
            ClientMethods.Version,
            grid.Chain.Spec.ChainId,
            info.GenesisHash.ToString(),
            blocks[0],
            info.NextBaseFeePerGas.ToString(),
            MeasureRates(report),
            new TotalsResource(coordinator.Blocks, coordinator.Transactions, coordinator.GasUsed, coordinator.Aborted),
            new StagesResource(times.OrderMs, times.PlanMs, times.ExecuteMs, times.ValidateMs, times.ApplyMs, times.RootMs, times.CommitMs, times.TotalMs),
            new PoolResource(
                pool.Pending, pool.Queued, pool.Limit, pool.OldestUnixMs is { } oldest ? Math.Max(0, report.UnixMs - oldest) : null, pool.Rejected),
            blocks,
            [.. report.Silos.Select(ResourceMapping.Of)],
            ResourceMapping.Of(report.Pinned).Pins,
            [.. report.Moves.Select(ResourceMapping.Of)]);
    }

    /// <summary>The head and the blocks before it; each is read once.</summary>
    private async Task<BlockSummaryResource[]> ReadRecentBlocks(ulong head)
    {
        var count = (int)Math.Min(head + 1, RecentBlocks);
        var blocks = new BlockSummaryResource[count];
        for (var i = 0; i < count; i++)
        {
            var number = head - (ulong)i;
            if (!_blocks.TryGetValue(number, out var block))
            {
                var view = await grid.Reader.GetBlock(BlockSelector.At(number)) ?? throw new BlockNotFoundException();
                _blocks[number] = block = ResourceMapping.SummaryOf(view);
            }
            blocks[i] = block;
        }
        foreach (var old in _blocks.Keys.Where(number => number + RecentBlocks <= head || number > head).ToArray())
        {
            _blocks.Remove(old);
        }
        return blocks;
    }

    private RatesResource MeasureRates(ClusterReport report)
    {
        var coordinator = report.Coordinator;
        var now = new Sample(time.GetTimestamp(), coordinator.Blocks, coordinator.Transactions, coordinator.GasUsed);
        if (_samples.TryPeek(out var first) && first.Blocks > now.Blocks)
        {
            _samples.Clear(); // the coordinator was activated anew, and counts from zero
        }
        // One sample older than the window stays, so that the window is covered; after a pause it is too old to say anything.
        while (_samples.Count > 1 && (time.GetElapsedTime(_samples.ElementAt(1).Timestamp, now.Timestamp) > Window || _samples.Count >= SamplesMax))
        {
            _samples.Dequeue();
        }
        if (_samples.TryPeek(out var stale) && time.GetElapsedTime(stale.Timestamp, now.Timestamp) > 2 * Window)
        {
            _samples.Dequeue();
        }
        _samples.Enqueue(now);
        var oldest = _samples.Peek();
        var elapsed = time.GetElapsedTime(oldest.Timestamp, now.Timestamp);
        if (elapsed < MaxAge / 2)
        {
            return new RatesResource(0, null, null, null, null);
        }
        var blocks = now.Blocks - oldest.Blocks;
        return new RatesResource(
            (long)elapsed.TotalMilliseconds,
            (now.Transactions - oldest.Transactions) / elapsed.TotalSeconds,
            (now.GasUsed - oldest.GasUsed) / elapsed.TotalSeconds,
            blocks / elapsed.TotalSeconds,
            blocks > 0 ? elapsed.TotalMilliseconds / blocks : null);
    }
}
