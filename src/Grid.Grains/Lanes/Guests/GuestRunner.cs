using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Grains.Snapshots;
using Grid.State;

namespace Grid.Grains.Lanes.Guests;

/// <summary>Executes batches that another silo has planned, on this silo's lanes over its view of the parent's state.</summary>
/// <remarks>Safe because each request has batches and fetched state of its own; the memory pool guards itself.</remarks>
public sealed class GuestRunner(LaneThreads lanes, WaveHost waves, SiloSnapshot snapshot, StateFetcher fetcher, RecentBlockHashes hashes, GridOptions options)
{
    private readonly ExecutionMemoryPool _memories = new(kept: 2 + (lanes.Count * (options.Execution.BatchesPerLane + 1)));

    /// <summary>What came of the batches; null where this silo doesn't show the parent.</summary>
    /// <exception cref="StateMovedException">A silo no longer keeps the state after the parent.</exception>
    /// <exception cref="FormatException">The message can't be read.</exception>
    public async Task<GuestOutcome?> RunAsync(GuestWork work)
    {
        if (snapshot.Find(work.ParentHash) is not { } view)
        {
            return null;
        }
        var state = new FetchedState(view);
        var content = await lanes.RunAsync(() => Open(work, state));
        var fetches = view.IsComplete ? 0
            : await fetcher.PrefetchAsync(state, [content.Header.Beneficiary], content.Batches.SelectMany(batch => batch.Members).Select(member => content.Transactions[member]), () => content.State.Wanted, Task.CompletedTask);
        var environment = BlockEnvironment.Of(options.Genesis.Spec, content.Fork, content.Header, [], await hashes.UpToAsync(view.Header));
        var guests = new GuestBatches(environment, content.Transactions, content.Batches, view.IsComplete ? view : state, _memories);
        fetches += await waves.RunAsync(guests.Work, state);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, content.Batches.Length).Select(i => lanes.RunAsync(() => guests.Encode(i))));
        guests.Release();
        return new GuestOutcome(outcomes, fetches);
    }

    private static GuestContent Open(GuestWork work, FetchedState state)
    {
        var content = GuestContent.Decode(work.Content);
        state.Add(content.State);
        return content;
    }
}
