using System.Collections.Immutable;
using Orleans.Runtime;

namespace Grid.Node.Hosting.Pods;

/// <summary>
/// The membership without its dead. Orleans' agent takes the first silo that has a deleted pod's name: of a stateful set's pods, which get the same names
/// again, that may be one that has long been dead, and then the one that lived would be left to the probes.
/// </summary>
internal sealed class LivingMembers(IClusterMembershipService all) : IClusterMembershipService
{
    public ClusterMembershipSnapshot CurrentSnapshot => LivingOf(all.CurrentSnapshot);

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => all.MembershipUpdates.Select(LivingOf);

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => all.Refresh(minimumVersion, cancellationToken);

    public Task<bool> TryKill(SiloAddress siloAddress) => all.TryKill(siloAddress);

    private static ClusterMembershipSnapshot LivingOf(ClusterMembershipSnapshot snapshot) =>
        new(snapshot.Members.Where(member => member.Value.Status != SiloStatus.Dead).ToImmutableDictionary(), snapshot.Version);
}
