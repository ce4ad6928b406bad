using Grid.Grains.Coordinator;

namespace Grid.Grains.Snapshots;

/// <summary>The silo's head, also on a silo that has joined since the last block.</summary>
public sealed class SiloHead(SiloSnapshot snapshot, IGrainFactory grains)
{
    /// <summary>
    /// The state after the head, as far as it is on this silo. A silo that hasn't seen a publication yet asks the coordinator; what is on
    /// other silos is then a state miss like any other.
    /// </summary>
    public async ValueTask<StateView> GetAsync()
    {
        if (snapshot.Head is { } head)
        {
            return head;
        }
        var publication = await grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key).GetHead();
        snapshot.Publish(publication.Attempt, publication.Header);
        return snapshot.Head!;
    }
}
