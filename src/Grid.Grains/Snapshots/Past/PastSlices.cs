using Grid.Grains.Lanes;
using Grid.Grains.Placement;
using Grid.Grains.Reader;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// This silo's slices after a block that can be read, for proofs: kept ones, or older ones that are made from later ones by applying what the blocks
/// between them changed, the other way round. A few that were made are kept; to the next older one it is a few blocks from them.
/// </summary>
/// <remarks>
/// Safe because slices are immutable, one caller at a time makes any (the semaphore), and the list of what is kept is touched only by who holds it, or
/// under the lock.
/// </remarks>
public sealed class PastSlices(
    GridOptions options, SiloSnapshot snapshot, PastStates states, ShardLayout layout, LaneThreads lanes) : IDisposable
{
    private const int AttemptsMax = 3;

    private readonly SemaphoreSlim _maker = new(1);
    private readonly Lock _lock = new();
    private readonly List<(ulong Number, StateShard?[] Slices)> _made = [];
    private int _generation;

    /// <summary>By shard, null for one that isn't here; null where this silo can't tell that state.</summary>
    public async ValueTask<StateShard?[]?> GetAsync(ulong number)
    {
        if (TryFind(number) is { } here)
        {
            return here;
        }
        if (snapshot.Head is not { } head || head.Number < number || !states.IsRecent(number, head.Number, slack: options.StatesKept))
        {
            return null;
        }
        await _maker.WaitAsync();
        try
        {
            return TryFind(number) ?? await MakeAsync(number);
        }
        catch (StateUnavailableException)
        {
            return null;
        }
        finally
        {
            _maker.Release();
        }
    }

    /// <summary>Forgets all: the journal may have other blocks now.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _generation++;
            _made.Clear();
        }
    }

    /// <summary>Forgets the slices after one block, which lack a node.</summary>
    public void Forget(ulong number)
    {
        lock (_lock)
        {
            _made.RemoveAll(x => x.Number == number);
        }
    }

    public void Dispose() => _maker.Dispose();

    private StateShard?[]? TryFind(ulong number)
    {
        if (snapshot.At(number) is { } kept)
        {
            return kept.Shards.ToArray();
        }
        lock (_lock)
        {
            return _made.Find(x => x.Number == number).Slices;
        }
    }

    private async Task<StateShard?[]?> MakeAsync(ulong number)
    {
        for (var attempt = 1; snapshot.Oldest is { } oldest && oldest.Number > number; attempt++)
        {
            int generation;
            (ulong Number, StateShard?[]? Slices) nearest;
            lock (_lock)
            {
                generation = _generation;
                nearest = attempt > 1 ? default : _made.Where(x => x.Number > number && x.Number < oldest.Number).OrderBy(x => x.Number).FirstOrDefault();
            }
            var (from, later) = nearest.Slices is { } made ? (nearest.Number, made) : (oldest.Number, oldest.Shards.ToArray());
            try
            {
                var between = await states.BetweenAsync(number, from);
                return Keep(number, await lanes.RunAsync(() => SliceUndo.Apply(later, between, layout)), generation);
            }
            catch (MissingNodeException) when (attempt < AttemptsMax)
            {
                // The store has moved on past the later slices, which lack nodes that they could load before: the oldest ones that are kept can still.
            }
        }
        return null;
    }

    private StateShard?[] Keep(ulong number, StateShard?[] slices, int generation)
    {
        lock (_lock)
        {
            if (generation == _generation)
            {
                _made.Add((number, slices));
                if (_made.Count > options.PastSlicesKept)
                {
                    _made.RemoveAt(0);
                }
            }
        }
        return slices;
    }
}
