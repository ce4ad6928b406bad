using Grid.Grains.Accounts;
using Grid.Grains.Placement;

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

    /// <summary>The one move that helps most; none where silos are alike, or one contract is all that is hot: moved, it would heat the other silo as much.</summary>
    /// <param name="silos">With the places where they listen for others.</param>
    public static ShardMove[] Of(IReadOnlyList<(string Place, SiloReport Report)> silos, ShardLayout layout)
    {
        if (silos.Count < 2)
        {
            return [];
        }
        var (busiest, idlest) = (silos.MaxBy(silo => TurnsMs(silo.Report)), silos.MinBy(silo => TurnsMs(silo.Report)));
        var turns = TurnsMs(busiest.Report);
        var difference = turns - TurnsMs(idlest.Report);
        if (turns < BusyShareMin * busiest.Report.UptimeMs)
        {
            return [];
        }
        return [.. busiest.Report.HottestAccounts
            // Moving all of the difference would only exchange the two.
            .Where(account => Gain(account, difference) >= GainMin * difference)
            .OrderByDescending(account => Gain(account, difference))
            .Take(1)
            .Select(account => new ShardMove(account.Address, layout.ShardOf(account.Address), busiest.Report.Silo, idlest.Place, account.BusyMs / turns))];
    }

    /// <summary>By how much the busier of the two is less busy afterwards, in milliseconds.</summary>
    private static double Gain(HotAccountReport account, double difference) => Math.Min(account.BusyMs, difference - account.BusyMs);

    private static double TurnsMs(SiloReport report) => report.GrainTypes.Where(type => type.GrainType == nameof(AccountGrain)).Sum(type => type.BusyMs);
}
