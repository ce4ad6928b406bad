using Grid.Grains.Placement;
using Grid.Primitives;

namespace Grid.Grains.Clustering;

/// <summary>What all silos of a cluster must do alike, whichever of them has the coordinator. What the chain starts from is compared with the journal's.</summary>
[GenerateSerializer, Immutable, Alias("Grid.ClusterSettings")]
public sealed record ClusterSettings(
    [property: Id(0)] int ShardPrefixNibbles,
    [property: Id(1)] bool IsArchive,
    [property: Id(2)] long BlockTimeMs,
    [property: Id(3)] Address Beneficiary)
{
    /// <summary>Whether the data is laid out by it, so that it can't change.</summary>
    public bool HasLayoutOf(ClusterSettings other) => ShardPrefixNibbles == other.ShardPrefixNibbles;
}

/// <summary>Holds the settings that the cluster agreed on, in the database. Key: 0.</summary>
[Alias("Grid.IClusterSettingsGrain")]
public interface IClusterSettingsGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Compares a silo's settings with those of the cluster. The first silo's are the cluster's; a silo that is alone may change them, as far as the data's
    /// layout allows.
    /// </summary>
    /// <exception cref="ClusterSettingsException">They differ.</exception>
    [Alias("Agree")]
    Task Agree(ClusterSettings settings);

    /// <summary>The shards that were given to silos.</summary>
    [Alias("GetPins")]
    Task<PinnedShards> GetPins();

    /// <summary>Gives a shard to a silo, whatever the layout says, or takes it back. Silos are told, and the shard moves before the next block.</summary>
    /// <param name="silo">The silo's name; null to take the shard back.</param>
    /// <returns>All that are given.</returns>
    /// <exception cref="ShardPinException">There is no such shard, or no active silo is called so.</exception>
    [Alias("Pin")]
    Task<PinnedShards> Pin(int shard, string? silo);
}

/// <summary>A shard can't be given to a silo.</summary>
[GenerateSerializer, Alias("Grid.ShardPinException")]
public sealed class ShardPinException(string reason) : Exception(reason);

/// <summary>A silo's settings aren't those of the cluster.</summary>
[GenerateSerializer, Alias("Grid.ClusterSettingsException")]
public sealed class ClusterSettingsException(ClusterSettings own, ClusterSettings cluster) : Exception($"The silo has the settings {own}, and its cluster {cluster}.")
{
    [Id(0)] public ClusterSettings Own { get; } = own;

    [Id(1)] public ClusterSettings Cluster { get; } = cluster;
}
