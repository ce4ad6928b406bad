using System.Diagnostics.Metrics;
using Grid.Grains.Lanes;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.Grains.Snapshots;
using Microsoft.Extensions.Hosting;

namespace Grid.Grains.Load;

/// <summary>
/// What a silo has and does now, as .NET metrics (meter "Grid.Silo"): each is read when somebody asks, and costs nothing otherwise. Labels are grain
/// types, reasons and states, never a grain's key: their number is fixed.
/// </summary>
public sealed class SiloMeter(
    SiloSnapshot snapshot, SiloDirectory silos, ShardLoad shards, StateMemory memory, LaneThreads lanes, GrainLoad grains, GridOptions options, TimeProvider time) : IHostedService
{
    public const string Name = "Grid.Silo";

    private readonly Meter _meter = new(Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        AddHead();
        AddShards();
        AddPools();
        AddLanes();
        AddGrains();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _meter.Dispose();
        return Task.CompletedTask;
    }

    private void AddHead()
    {
        _meter.CreateObservableGauge("grid.head.number", () => OfHead(head => (double)head.Number), "{block}", "The last block that this silo has seen committed");
        _meter.CreateObservableGauge("grid.head.timestamp", () => OfHead(head => (double)head.Header.Timestamp), "s", "That block's time, in seconds since 1970");
        _meter.CreateObservableGauge("grid.head.gas.limit", () => OfHead(head => (double)head.Header.GasLimit), "{gas}", "That block's gas limit");
        _meter.CreateObservableGauge("grid.silo.count", () => silos.ActiveSilos().Length, "{silo}", "Active silos, as this silo sees the membership");
    }

    private void AddShards()
    {
        _meter.CreateObservableGauge("grid.shard.count", () => shards.Shards, "{shard}", "State shards on this silo");
        _meter.CreateObservableGauge("grid.store.lag", () => shards.UnwrittenMax, "{block}", "Committed blocks that the store lacks, of the shard that lacks most");
        _meter.CreateObservableGauge("grid.store.limit", () => options.StoreLagBlocksMax + options.StatesKept, "{block}", "From so many on a block waits for the store");
        if (memory.IsLimited)
        {
            _meter.CreateObservableGauge("grid.state.size", () => memory.Bytes, "By", "What the shards' state takes in memory");
            _meter.CreateObservableGauge("grid.state.limit", () => options.StateBytesMax, "By", "What it may take");
        }
    }

    private void AddPools()
    {
        _meter.CreateObservableGauge("grid.pool.transactions", PoolSizes, "{transaction}", "Transactions that wait in this silo's pools, looked at every few seconds");
        _meter.CreateObservableGauge("grid.pool.limit", () => shards.Pools.Sum(pool => (long)pool.Limit), "{transaction}", "Transactions that this silo's pools take");
        _meter.CreateObservableGauge("grid.pool.utilization", () => shards.Pools.Select(pool => (double)(pool.Pending + pool.Queued) / pool.Limit).DefaultIfEmpty(0).Max(), "1", "How full the fullest of this silo's pools is, from 0 to 1");
        _meter.CreateObservableGauge("grid.pool.oldest", OldestAge, "s", "How long the oldest transaction has waited");
        _meter.CreateObservableCounter("grid.pool.refusals", () => shards.Refusals.Select(x => new Measurement<long>(x.Value, Label("reason", x.Key))), "{transaction}", "Transactions that the pools refused, by reason");
    }

    private void AddLanes()
    {
        _meter.CreateObservableGauge("grid.lane.count", () => lanes.Count, "{lane}", "Threads that execute transactions");
        _meter.CreateObservableGauge("grid.lane.queue.length", () => lanes.Waiting, "{item}", "Work that waits for a lane");
        _meter.CreateObservableCounter("grid.lane.items", () => lanes.ItemsDone, "{item}", "Work that lanes have done");
        _meter.CreateObservableCounter("grid.lane.busy.time", () => lanes.Busy.TotalSeconds, "s", "The time that all lanes together have worked");
    }

    private void AddGrains()
    {
        _meter.CreateObservableGauge("grid.grain.activations", () => OfGrains(x => x.Activations), "{activation}", "Activations on this silo now, by grain type");
        _meter.CreateObservableGauge("grid.grain.calls.active", () => OfGrains(x => x.InTurn), "{call}", "Calls that have begun and not ended, by grain type");
        _meter.CreateObservableCounter("grid.grain.turns", () => OfGrains(x => x.Turns), "{turn}", "Turns, by grain type");
        _meter.CreateObservableCounter("grid.grain.errors", () => OfGrains(x => x.Errors), "{turn}", "Turns that threw, by grain type");
        _meter.CreateObservableCounter("grid.grain.busy.time", () => OfGrains(x => x.Busy.TotalSeconds), "s", "Time from the begin to the end of all turns, waiting included, by grain type");
    }

    private IEnumerable<Measurement<double>> OfHead(Func<StateView, double> value) => snapshot.Head is { } head ? [new(value(head))] : [];

    private IEnumerable<Measurement<long>> PoolSizes()
    {
        var pools = shards.Pools.ToArray();
        return
        [
            new(pools.Sum(pool => (long)pool.Pending), Label("state", "pending")),
            new(pools.Sum(pool => (long)pool.Queued), Label("state", "queued")),
        ];
    }

    private double OldestAge()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Math.Max(0, now - shards.Pools.Min(pool => pool.OldestUnixMs) ?? 0) / 1_000d;
    }

    private IEnumerable<Measurement<T>> OfGrains<T>(Func<GrainTypeCounters, T> value)
        where T : struct => grains.Types.Select(x => new Measurement<T>(value(x.Value), Label("grain_type", x.Key)));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
