using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Grains.Accounts;

namespace Grid.Grains.Lanes;

/// <summary>
/// Does a wave's work on the silo's lanes: strands with an anchor in a turn of the anchor's grain, the others on any lane. What work misses
/// is fetched for all of it together, one message per silo and round, and what missed goes on.
/// </summary>
/// <remarks>
/// Safe because each piece of work is run by one lane at a time, and the fetched state, which all of it reads, is added to only
/// between rounds, when no lane runs.
/// </remarks>
public sealed class WaveHost(LaneThreads lanes, StateFetcher fetcher, IGrainFactory grains)
{
    /// <summary>Runs all work of the wave to the end; returns the rounds of fetching.</summary>
    public async Task<int> RunAsync(IReadOnlyList<LaneWork> wave, FetchedState state)
    {
        var fetches = 0;
        var pending = wave;
        while (true)
        {
            var statuses = await Task.WhenAll(pending.Select(work => RunAsync(work, state)));
            var missing = new List<LaneWork>();
            for (var i = 0; i < statuses.Length; i++)
            {
                if (statuses[i] == ExecutionStatus.StateMiss)
                {
                    missing.Add(pending[i]);
                }
            }
            if (missing.Count == 0)
            {
                return fetches;
            }
            await fetcher.FetchAsync(state, missing.SelectMany(work => work.Work.Misses).ToHashSet());
            foreach (var work in missing)
            {
                work.Work.Continue(state);
            }
            pending = missing;
            fetches++;
        }
    }

    private async Task<ExecutionStatus> RunAsync(LaneWork work, FetchedState state)
    {
        if (work.Anchor is { } anchor && state.View.IsHere(in anchor)
            && await grains.GetGrain<IAccountGrain>(anchor.ToString()).Execute(new AnchoredWork(work.Work)) is { } done)
        {
            return done.Status;
        }
        return await lanes.RunAsync(work.Work.Run);
    }
}

/// <summary>Work for a turn of its anchor's grain. Passed within a silo.</summary>
[GenerateSerializer, Immutable, Alias("Grid.AnchoredWork")]
public sealed class AnchoredWork(IResumable work)
{
    [NonSerialized] private readonly IResumable? _work = work;

    /// <summary>Null where the grain is on another silo than the caller.</summary>
    public IResumable? Work => _work;
}

/// <summary>How far a turn came.</summary>
[GenerateSerializer, Immutable, Alias("Grid.AnchoredOutcome")]
public sealed record AnchoredOutcome([property: Id(0)] ExecutionStatus Status);
