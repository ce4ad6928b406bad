using System.Collections.Concurrent;
using Grid.Grains.Pool;

namespace Grid.Grains.Load;

/// <summary>What this silo's shards and pools last said of themselves: for metrics, which can't wait for turns.</summary>
/// <remarks>Safe because the tables are concurrent, their values immutable, and each shard's are written by its own grain only.</remarks>
public sealed class ShardLoad
{
    private readonly ConcurrentDictionary<int, int> _unwritten = new();
    private readonly ConcurrentDictionary<int, PoolDescription> _pools = new();
    // A rate needs a first value to begin from. A transaction that isn't valid has an error for its reason, and no place here yet.
    private readonly ConcurrentDictionary<string, long> _refusals = new(
        Enum.GetValues<PoolRefusal>().Where(x => x is not PoolRefusal.None and not PoolRefusal.Invalid).Select(x => KeyValuePair.Create(x.ToString(), 0L)));

    /// <summary>Shards that are active on this silo.</summary>
    public int Shards => _unwritten.Count;

    /// <summary>Committed blocks that the store lacks: of the shard that lacks most.</summary>
    public int UnwrittenMax => _unwritten.Values.DefaultIfEmpty(0).Max();

    /// <summary>The pools on this silo.</summary>
    public IEnumerable<PoolDescription> Pools => _pools.Values;

    /// <summary>Refused transactions by reason: as many as there are reasons.</summary>
    public IEnumerable<KeyValuePair<string, long>> Refusals => _refusals;

    /// <summary>Says how many committed blocks the store lacks of a shard.</summary>
    public void ReportShard(int shard, int unwritten) => _unwritten[shard] = unwritten;

    public void RemoveShard(int shard) => _unwritten.TryRemove(shard, out _);

    public void ReportPool(int shard, PoolDescription pool) => _pools[shard] = pool;

    public void RemovePool(int shard) => _pools.TryRemove(shard, out _);

    /// <param name="reason">The name of an enumeration's value.</param>
    public void CountRefusal(string reason) => _refusals.AddOrUpdate(reason, 1, static (_, count) => count + 1);
}
