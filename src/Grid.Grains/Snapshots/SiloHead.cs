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
        await CatchUpAsync();
        return snapshot.Head!;
    }

    /// <summary>
    /// Asks the coordinator what it has published last, and shows it: a silo of which the coordinator hadn't learned then would show what was before until the
    /// next block.
    /// </summary>
    public async ValueTask CatchUpAsync()
    {
        var publication = await grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key).GetHead();
        if (snapshot.Head is not { } head || head.Number < publication.Header.Number)
        {
            snapshot.Publish(publication.Attempt, publication.Header);
        }
    }
}
