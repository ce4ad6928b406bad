using Grid.Primitives;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Grid.Grains.Placement;

/// <summary>
/// Puts a grain on the silo of a shard: a shard grain (key: the shard's number) on its own, a pool grain (key: the shard of its
/// senders) and an account grain (key: the address) beside it, so that a commit needs one message per silo.
/// </summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("Grid.BesideShardPlacement")]
public sealed class BesideShardPlacement : PlacementStrategy;

/// <inheritdoc cref="BesideShardPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BesideShardPlacementAttribute() : PlacementAttribute(new BesideShardPlacement());

/// <summary>Computes the silo from the key, the membership and the pins.</summary>
public sealed class BesideShardPlacementDirector(ShardLayout layout, ShardPins pins) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        return Task.FromResult(silos[pins.Divide(silos)[ShardOf(target.GrainIdentity)]]);
    }

    private int ShardOf(GrainId grain)
    {
        if (grain.TryGetIntegerKey(out var shard, out _))
        {
            return (int)shard;
        }
        return Address.TryParse(grain.Key.ToString(), out var address)
            ? layout.ShardOf(in address)
            : throw new ArgumentException($"Grain {grain} has neither a shard's number nor an address as its key.", nameof(grain));
    }
}
