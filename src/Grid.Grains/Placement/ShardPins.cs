using Orleans.Runtime;

namespace Grid.Grains.Placement;

/// <summary>A shard that an operator has given to a silo.</summary>
/// <param name="Silo">That silo's name, which the silo that follows it has, too: where it listens for others, HOST:PORT, or the name of its pod.</param>
[GenerateSerializer, Immutable, Alias("Grid.ShardPin")]
public sealed record ShardPin([property: Id(0)] int Shard, [property: Id(1)] string Silo);

/// <summary>All of them, in the order of the shards.</summary>
/// <param name="Version">The higher, the later.</param>
[GenerateSerializer, Immutable, Alias("Grid.PinnedShards")]
public sealed record PinnedShards([property: Id(0)] long Version, [property: Id(1)] ShardPin[] Pins)
{
    public static PinnedShards None { get; } = new(0, []);

    /// <summary>The same with one shard given to a silo, or to none.</summary>
    public PinnedShards With(int shard, string? silo)
    {
        var others = Pins.Where(pin => pin.Shard != shard);
        return new(Version + 1, [.. (silo is null ? others : others.Append(new ShardPin(shard, silo))).OrderBy(pin => pin.Shard)]);
    }
}

/// <summary>
/// Which silo has which shard: the one that an operator gave it to, while that is active, else by the layout. Silos learn of pins one after the other; that they
/// disagree for a moment costs as much as when they see the membership differently: a message more.
/// </summary>
/// <param name="nameOf">A silo's name, as the membership has it.</param>
/// <remarks>Safe because what is known is one immutable reference, which only later knowledge replaces, under a lock.</remarks>
public sealed class ShardPins(ShardLayout layout, Func<SiloAddress, string> nameOf)
{
    private readonly Lock _lock = new();
    private volatile PinnedShards _current = PinnedShards.None;

    public PinnedShards Current => _current;

    public string NameOf(SiloAddress silo) => nameOf(silo);

    /// <summary>Takes what the cluster has, unless something later is known.</summary>
    public void Learn(PinnedShards pinned)
    {
        lock (_lock)
        {
            if (pinned.Version > _current.Version)
            {
                _current = pinned;
            }
        }
    }

    /// <summary>The silo of each shard.</summary>
    /// <param name="active">The active silos, in address order.</param>
    /// <returns>Indices of silos, by shard.</returns>
    public int[] Divide(SiloAddress[] active)
    {
        var sites = new int[layout.Count];
        for (var shard = 0; shard < sites.Length; shard++)
        {
            sites[shard] = layout.SiloIndexOf(shard, active.Length);
        }
        foreach (var pin in _current.Pins)
        {
            if (Array.FindIndex(active, silo => nameOf(silo) == pin.Silo) is >= 0 and var site)
            {
                sites[pin.Shard] = site;
            }
        }
        return sites;
    }
}
