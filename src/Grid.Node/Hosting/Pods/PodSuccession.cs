using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Node.Hosting.Pods;

/// <summary>
/// Declares the silos dead that had this pod's name before. A namespace has one pod of a name, so theirs are gone; but to who compares names with the pods
/// that there are, they look alive.
/// </summary>
internal sealed partial class PodSuccession(LivingMembers membership, ILocalSiloDetails own, ILogger<PodSuccession> log) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(PodSuccession), ServiceLifecycleStage.AfterRuntimeGrainServices, SucceedAsync);

    private async Task SucceedAsync(CancellationToken cancellation)
    {
        await membership.Refresh(cancellationToken: cancellation);
        var before = membership.CurrentSnapshot.Members.Values.Where(member => member.Name == own.Name && !member.SiloAddress.Equals(own.SiloAddress));
        foreach (var member in before)
        {
            LogPredecessor(member.SiloAddress, own.Name);
            await membership.TryKill(member.SiloAddress);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} was in a pod named {Pod} before this one: it is declared dead")]
    private partial void LogPredecessor(SiloAddress silo, string pod);
}
