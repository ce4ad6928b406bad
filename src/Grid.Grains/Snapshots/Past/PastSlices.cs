using Grid.Grains.Lanes;
using Grid.Grains.Placement;
using Grid.Grains.Reader;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// This silo's slices after a block that can be read, for proofs: kept ones, or older ones that are made from later ones by applying what the blocks
/// between them changed, the other way round. A few that were made are kept; to the next older one it is a few blocks from them. An archive's older ones
/// take longer, and are made beside the others.
/// </summary>
/// <remarks>
/// Safe because slices are immutable, one caller at a time makes recent ones and one others (the semaphores), and the list of what is kept is touched under
/// the lock only.
/// </remarks>
public sealed class PastSlices(
    GridOptions options, SiloSnapshot snapshot, PastStates states, ShardLayout layout, LaneThreads lanes) : IDisposable
{
    private const int AttemptsMax = 3;

    /// <summary>Of the blocks between an old one and the head, so many are read and added at a time.</summary>
    private const ulong BlocksPerStep = 64;

    private readonly SemaphoreSlim _maker = new(1), _archiveMaker = new(1);
    private readonly Lock _lock = new();
    private readonly List<(ulong Number, StateShard?[] Slices)> _made = [];
    private int _generation;

    /// <summary>By shard, null for one that isn't here; null where this silo can't tell that state.</summary>
    /// <exception cref="ProofTooFarException">Too much has changed since.</exception>
    public async ValueTask<StateShard?[]?> GetAsync(ulong number)
    {
        if (TryFind(number) is { } here)
        {
            return here;
        }
        if (snapshot.Head is not { } head || head.Number < number)
        {
            return null;
        }
        var isRecent = states.IsRecent(number, head.Number, slack: options.StatesKept);
        if (!isRecent && !await states.IsArchivedAsync(number, head.Number, slack: options.StatesKept))
        {
            return null;
        }
        var maker = isRecent ? _maker : _archiveMaker;
        await maker.WaitAsync();
        try
        {
            return TryFind(number) ?? (isRecent ? await MakeAsync(number) : await MakeOldAsync(number));
        }
        catch (StateUnavailableException)
        {
            return null;
        }
        finally
        {
            maker.Release();
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

    public void Dispose()
    {
        _maker.Dispose();
        _archiveMaker.Dispose();
    }

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

    /// <summary>
    /// From the oldest slices that are kept, after all blocks were read: reading takes long, the head moves on meanwhile, and the store with it, from which the slices
    /// load what isn't in memory.
    /// </summary>
    private async Task<StateShard?[]?> MakeOldAsync(ulong number)
    {
        int generation;
        lock (_lock)
        {
            generation = _generation;
        }
        var undo = new SliceUndo(layout);
        var added = number;
        var here = snapshot.Oldest?.Shards.ToArray() ?? [];
        for (var attempt = 1; snapshot.Oldest is { } oldest && oldest.Number > number; attempt++)
        {
            while (added < oldest.Number)
            {
                var next = Math.Min(added + BlocksPerStep, oldest.Number);
                var between = await states.BetweenAsync(added, next);
                undo.Add(between, here);
                if (undo.Changes > options.ArchiveProofChangesMax)
                {
                    throw new ProofTooFarException(number, options.ArchiveProofChangesMax);
                }
                added = next;
                oldest = snapshot.Oldest ?? oldest;
            }
            var later = oldest.Shards.ToArray();
            if (!later.Select(shard => shard is null).SequenceEqual(here.Select(shard => shard is null)))
            {
                // A shard has moved: its changes were passed over, or are some that nobody wants here.
                return null;
            }
            try
            {
                return Keep(number, await lanes.RunAsync(() => undo.Apply(later)), generation);
            }
            catch (MissingNodeException) when (attempt < AttemptsMax)
            {
                // The store has moved on past them: later ones can load.
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
