using System.Collections.Immutable;
using Orleans.Runtime;

namespace Grid.Node.Hosting.Pods;

/// <summary>
/// The membership without its dead. Orleans' agent takes the first silo that has a deleted pod's name: of a stateful set's pods, which get the same names
/// again, that may be one that has long been dead, and then the one that lived would be left to the probes.
/// </summary>
internal sealed class LivingMembers(IClusterMembershipService all) : IClusterMembershipService
{
    private const int KillAttemptsMax = 10;

    private static readonly TimeSpan KillPause = TimeSpan.FromMilliseconds(200);

    public ClusterMembershipSnapshot CurrentSnapshot => LivingOf(all.CurrentSnapshot);

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => all.MembershipUpdates.Select(LivingOf);

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => all.Refresh(minimumVersion, cancellationToken);

    /// <summary>Orleans tries once, and drops it where the membership changes at the same moment, as it does while this silo joins: so it is asked again until it has.</summary>
    public async Task<bool> TryKill(SiloAddress siloAddress)
    {
        for (var attempt = 0; attempt < KillAttemptsMax; attempt++)
        {
            await all.TryKill(siloAddress);
            await Task.Delay(KillPause);
            await all.Refresh();
            if (!CurrentSnapshot.Members.ContainsKey(siloAddress))
            {
                return true;
            }
        }
        return false;
    }

    private static ClusterMembershipSnapshot LivingOf(ClusterMembershipSnapshot snapshot) =>
        new(snapshot.Members.Where(member => member.Value.Status != SiloStatus.Dead).ToImmutableDictionary(), snapshot.Version);
}
