using Grid.Grains.Placement;
using Grid.Primitives;

namespace Grid.Grains.Load;

/// <summary>
/// Which shard should be on another silo. Executing needs no move: a wave's batches go where there is room. What stays where the shard is are the turns of its contracts' grains, which
/// hash what blocks have changed in their storage: a silo that has two hot contracts does that for both.
/// </summary>
internal static class MoveAdvice
{
    /// <summary>Of a silo's time so much must be such turns, or nobody waits for them.</summary>
    private const double BusyShareMin = 0.05;

    /// <summary>A move must take so much of the difference between the busiest silo and the idlest, or it isn't worth its while.</summary>
    private const double GainMin = 0.25;

    /// <summary>The one move that helps most; none where silos are alike, or one shard is all that is hot: moved, it would heat the other silo as much.</summary>
    public static ShardMove[] Of(IReadOnlyList<SiloReport> silos, ShardLayout layout)
    {
        // Counted where its shard is now, wherever an account was when its turns took that time: else what has moved already would be moved on.
        var shards = silos.SelectMany(silo => silo.HottestAccounts).GroupBy(account => layout.ShardOf(account.Address))
            .ToDictionary(shard => shard.Key, shard => new HotShard(shard.MaxBy(account => account.BusyMs)!.Address, shard.Sum(account => account.BusyMs)));
        var loads = silos.Select(silo => (Report: silo, BusyMs: silo.Shards.Sum(shard => shards.GetValueOrDefault(shard).BusyMs))).ToArray();
        var (busiest, idlest) = (loads.MaxBy(silo => silo.BusyMs), loads.MinBy(silo => silo.BusyMs));
        var difference = busiest.BusyMs - idlest.BusyMs;
        if (difference <= 0 || busiest.BusyMs < BusyShareMin * busiest.Report.UptimeMs)
        {
            return [];
        }
        return [.. busiest.Report.Shards.Where(shards.ContainsKey).Select(shard => (Shard: shard, Hot: shards[shard]))
            .Where(x => Gain(x.Hot, difference) >= GainMin * difference)
            .OrderByDescending(x => Gain(x.Hot, difference))
            .Take(1)
            .Select(x => new ShardMove(x.Hot.Hottest, x.Shard, busiest.Report.Name, idlest.Report.Name, x.Hot.BusyMs / busiest.BusyMs))];
    }

    /// <summary>By how much the busier of the two is less busy afterwards, in milliseconds: moving all of the difference would only exchange them.</summary>
    private static double Gain(HotShard shard, double difference) => Math.Min(shard.BusyMs, difference - shard.BusyMs);

    /// <param name="BusyMs">The turns of its hottest accounts, in milliseconds.</param>
    private readonly record struct HotShard(Address Hottest, double BusyMs);
}
