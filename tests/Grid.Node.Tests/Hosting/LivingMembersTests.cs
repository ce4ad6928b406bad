using System.Collections.Immutable;
using System.Net;
using Grid.Node.Hosting.Pods;
using Orleans.Runtime;

namespace Grid.Node.Tests.Hosting;

/// <summary>Of silos that had one pod's name one after the other, who looks for that name finds the one that lives.</summary>
public sealed class LivingMembersTests
{
    private const string Pod = "grid-silo-1";

    [Fact]
    public async Task The_dead_are_not_shown()
    {
        var members = Enumerable.Range(1, 20).Select(i => new ClusterMember(SiloAddress.New(IPAddress.Loopback, i, i), i == 7 ? SiloStatus.Active : SiloStatus.Dead, Pod)).ToArray();
        var all = new Membership(new ClusterMembershipSnapshot(members.ToImmutableDictionary(member => member.SiloAddress), new MembershipVersion(5)));
        var living = new LivingMembers(all);
        Assert.Equal(members[6], Assert.Single(living.CurrentSnapshot.Members.Values));
        Assert.Equal(all.CurrentSnapshot.Version, living.CurrentSnapshot.Version);
        await foreach (var update in living.MembershipUpdates.WithCancellation(TestContext.Current.CancellationToken))
        {
            Assert.Equal(members[6], Assert.Single(update.Members.Values));
        }
        // Which Orleans drops once.
        Assert.True(await living.TryKill(members[6].SiloAddress));
        Assert.Equal([members[6].SiloAddress, members[6].SiloAddress], all.Killed);
        Assert.Empty(living.CurrentSnapshot.Members);
    }

    /// <summary>A membership that takes a silo for dead when it is told so twice.</summary>
    private sealed class Membership(ClusterMembershipSnapshot start) : IClusterMembershipService
    {
        public List<SiloAddress> Killed { get; } = [];

        public ClusterMembershipSnapshot CurrentSnapshot => Killed.Count < 2 ? start : new(start.Members.Remove(Killed[0]), start.Version);

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => new[] { start }.ToAsyncEnumerable();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public Task<bool> TryKill(SiloAddress siloAddress)
        {
            Killed.Add(siloAddress);
            return Task.FromResult(true);
        }
    }
}
