using Orleans.Runtime;

namespace Grid.Grains.Placement;

/// <summary>Grains that belong to the silo of a shard, and follow it when the shards are divided anew.</summary>
internal static class Settling
{
    /// <summary>Says whether the grain is where it belongs; where it isn't, it goes there as soon as it is idle.</summary>
    /// <param name="silo">Where it belongs, as Orleans parses it.</param>
    public static bool SettleOn(this IGrainBase grain, string silo, SiloDirectory silos)
    {
        var isHere = silos.Local.ToParsableString() == silo;
        if (!isHere)
        {
            // Ending wouldn't do: a call that is on its way here would make the next activation here.
            grain.MigrateOnIdle();
        }
        return isHere;
    }
}
