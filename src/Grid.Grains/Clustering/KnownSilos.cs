using System.Collections.Immutable;
using System.Net;
using Orleans.Runtime;

namespace Grid.Grains.Clustering;

/// <summary>What the cluster told of the places where its silos listen for gateways.</summary>
/// <param name="Live">Where an active silo listens.</param>
/// <param name="Dead">Where all silos that were ever told of are dead. A place stays dead when its silo is told of no more, until there is another one.</param>
/// <param name="Lost">Those of the dead that others declared to be it; the rest have left by themselves.</param>
internal sealed record KnownSilos(ImmutableHashSet<IPEndPoint> Live, ImmutableHashSet<IPEndPoint> Dead, ImmutableHashSet<IPEndPoint> Lost)
{
    public static KnownSilos None { get; } = new([], [], []);

    /// <summary>What is known when the cluster has told its membership anew.</summary>
    /// <param name="told">All entries that it has, those of dead silos, too; one place may have several, of silos that ran one after the other.</param>
    /// <param name="places">Those that matter: nothing else is kept, so that nothing grows while silos come and go.</param>
    public KnownSilos After(IReadOnlyCollection<MembershipEntry> told, IReadOnlyCollection<IPEndPoint> places)
    {
        var used = told.Where(silo => silo.Status != SiloStatus.Dead).Select(PlaceOf).ToHashSet();
        // Of silos that ran one after the other the last one tells how the place was left.
        var last = told.GroupBy(PlaceOf).Where(place => !used.Contains(place.Key)).Select(place => place.MaxBy(silo => silo.SiloAddress.Generation)!).ToArray();
        var left = last.Where(silo => !WasVotedOut(silo)).Select(PlaceOf).ToHashSet();
        return new KnownSilos(
            Kept(told.Where(silo => silo.Status == SiloStatus.Active).Select(PlaceOf)),
            [.. Kept(Dead.Concat(last.Select(PlaceOf))).Where(place => !used.Contains(place))],
            [.. Kept(Lost.Concat(last.Select(PlaceOf))).Where(place => !used.Contains(place) && !left.Contains(place))]);

        ImmutableHashSet<IPEndPoint> Kept(IEnumerable<IPEndPoint> all) => [.. all.Intersect(places)];
    }

    /// <summary>Where to ask: not where silos are dead, as long as it is known that one of the others lives.</summary>
    public IReadOnlyList<IPEndPoint> Choose(IReadOnlyList<IPEndPoint> places) => places.Any(Live.Contains) ? [.. places.Where(place => !Dead.Contains(place))] : places;

    /// <summary>A silo that leaves by itself votes last, for itself; what others voted before, when it missed some probes, stays beside that.</summary>
    private static bool WasVotedOut(MembershipEntry silo) => silo.SuspectTimes is { Count: > 0 } votes && votes.All(vote => !vote.Item1.Equals(silo.SiloAddress));

    /// <summary>A silo listens for gateways at the address where it listens for silos.</summary>
    private static IPEndPoint PlaceOf(MembershipEntry silo) => new(silo.SiloAddress.Endpoint.Address, silo.ProxyPort);
}
