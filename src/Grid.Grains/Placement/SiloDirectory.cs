using System.Collections.Concurrent;
using Grid.Execution.Waves;
using Grid.Grains.Lanes;
using Orleans.Runtime;

namespace Grid.Grains.Placement;

/// <summary>The active silos in address order, and references to their lanes' grains, made once each.</summary>
/// <remarks>Safe because the references are kept in a concurrent dictionary, bounded by the silos that ever were active.</remarks>
public sealed class SiloDirectory(ISiloStatusOracle silos, IGrainFactory grains, ILocalSiloDetails local, ShardLayout layout, ShardPins pins)
{
    private readonly ConcurrentDictionary<SiloAddress, IExecutionLaneGrain> _lanes = new();

    public SiloAddress Local => local.SiloAddress;

    public SiloAddress[] ActiveSilos()
    {
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.ToArray();
        Array.Sort(active);
        return active;
    }

    /// <summary>What a silo is called: what shards are pinned to.</summary>
    public string NameOf(SiloAddress silo) => pins.NameOf(silo);

    /// <summary>The active silos, and which of them has which shard, by index.</summary>
    public (SiloAddress[] Active, int[] Division) Divide()
    {
        var active = ActiveSilos();
        return (active, pins.Divide(active));
    }

    /// <summary>The shards that each active silo has, as every silo computes them.</summary>
    public IReadOnlyList<(SiloAddress Silo, int[] Shards)> ShardsBySilo()
    {
        var (active, division) = Divide();
        return [.. active.Select((silo, index) => (silo, Enumerable.Range(0, division.Length).Where(shard => division[shard] == index).ToArray()))];
    }

    /// <summary>The active silos as sites of execution, and which of them this one is.</summary>
    public SiloSites Sites()
    {
        var (active, division) = Divide();
        var own = Array.IndexOf(active, Local);
        return active.Length == 1 || own < 0
            ? new SiloSites([Local], 0, ExecutionSites.One)
            : new SiloSites(active, own, new ExecutionSites(active.Length, address => division[layout.ShardOf(in address)]));
    }

    public IExecutionLaneGrain LaneOf(SiloAddress silo) =>
        _lanes.GetOrAdd(silo, static (address, factory) => factory.GetGrain<IExecutionLaneGrain>(address.ToParsableString()), grains);
}

/// <summary>Silos that share a block's work.</summary>
/// <param name="Silos">By site.</param>
/// <param name="Own">This silo's site.</param>
/// <param name="Sites">Who has which account.</param>
public sealed record SiloSites(SiloAddress[] Silos, int Own, ExecutionSites Sites)
{
    public bool AreOne => Silos.Length == 1;
}
