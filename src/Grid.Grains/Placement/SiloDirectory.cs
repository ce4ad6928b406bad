using System.Collections.Concurrent;
using Grid.Grains.Lanes;
using Orleans.Runtime;

namespace Grid.Grains.Placement;

/// <summary>The active silos in address order, and references to their lanes' grains, made once each.</summary>
/// <remarks>Safe because the references are kept in a concurrent dictionary, bounded by the silos that ever were active.</remarks>
public sealed class SiloDirectory(ISiloStatusOracle silos, IGrainFactory grains, ILocalSiloDetails local, ShardLayout layout)
{
    private readonly ConcurrentDictionary<SiloAddress, IExecutionLaneGrain> _lanes = new();

    public SiloAddress Local => local.SiloAddress;

    public SiloAddress[] ActiveSilos()
    {
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.ToArray();
        Array.Sort(active);
        return active;
    }

    /// <summary>The shards that each active silo has, as every silo computes them.</summary>
    public IReadOnlyList<(SiloAddress Silo, int[] Shards)> ShardsBySilo()
    {
        var active = ActiveSilos();
        return [.. active.Select((silo, index) =>
            (silo, Enumerable.Range(0, layout.Count).Where(shard => layout.SiloIndexOf(shard, active.Length) == index).ToArray()))];
    }

    public IExecutionLaneGrain LaneOf(SiloAddress silo) =>
        _lanes.GetOrAdd(silo, static (address, factory) => factory.GetGrain<IExecutionLaneGrain>(address.ToParsableString()), grains);
}
