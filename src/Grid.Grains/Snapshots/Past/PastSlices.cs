using Grid.Grains.Lanes;
using Grid.Grains.Placement;
using Grid.Grains.Reader;
using Grid.State;

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
        if (snapshot.Oldest is not { } oldest || oldest.Number < number)
        {
            return null;
        }
        (ulong Number, StateShard?[] Slices) nearest;
        int generation;
        lock (_lock)
        {
            generation = _generation;
            nearest = _made.Where(x => x.Number > number && x.Number < oldest.Number).OrderBy(x => x.Number).FirstOrDefault();
        }
        nearest = nearest.Slices is null ? (oldest.Number, oldest.Shards.ToArray()) : nearest;
        var between = await states.BetweenAsync(number, nearest.Number);
        var slices = await lanes.RunAsync(() => SliceUndo.Apply(nearest.Slices, between, layout));
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
