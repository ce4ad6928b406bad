using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Grid.Grains.Placement;

/// <summary>Puts a grain on the silo whose address is its key: the grain through which others reach that silo's lanes.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("Grid.OnSiloPlacement")]
public sealed class OnSiloPlacement : PlacementStrategy;

/// <inheritdoc cref="OnSiloPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnSiloPlacementAttribute() : PlacementAttribute(new OnSiloPlacement());

/// <summary>Takes the silo from the key; a silo that has left can't be addressed.</summary>
public sealed class OnSiloPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return Array.IndexOf(context.GetCompatibleSilos(target), silo) >= 0
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"Silo {silo} has left the cluster.");
    }
}
