using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Snapshots;

/// <summary>
/// The silo's table of committed states, which lanes and readers read without a message. Shards stage what they have applied
/// under the name of the try; when the coordinator says that the try was committed, the staged slices of all shards become the new head
/// in one step.
/// </summary>
/// <remarks>
/// Safe because views are immutable and the current list of them is one reference, replaced whole; the lock guards the staged
/// slices and the replacement, and nothing waits inside it. Two activations of one shard may both stage under a try: they
/// staged the same content, because the coordinator checked the root that it makes.
/// </remarks>
public sealed class SiloSnapshot(ShardLayout layout, CodeTable codes, GridOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (BlockAttempt Attempt, StateShard Slice)> _staged = [];
    private readonly Dictionary<int, (ulong Number, Hash256 Block, StateShard Slice)> _loaded = [];
    private volatile StateView[] _views = [];
    private volatile StateView? _held;
    private ulong _fencingNumber;

    public CodeTable Codes => codes;

    /// <summary>The state after the head; null until this silo has seen its first commit or recovery.</summary>
    public StateView? Head
    {
        get
        {
            var views = _views;
            return views.Length == 0 ? null : views[^1];
        }
    }

    /// <summary>The oldest state that is kept; null until this silo has seen its first commit or recovery.</summary>
    public StateView? Oldest
    {
        get
        {
            var views = _views;
            return views.Length == 0 ? null : views[0];
        }
    }

    /// <summary>The height of the oldest state that is kept.</summary>
    public ulong OldestNumber => Oldest?.Number ?? 0;

    /// <summary>The state after a block; null when it isn't kept, or not yet committed here.</summary>
    public StateView? At(ulong number)
    {
        foreach (var view in _views)
        {
            if (view.Number == number)
            {
                return view;
            }
        }
        return null;
    }

    /// <summary>
    /// The state after a block by its hash, for whoever executes the block after it: also of one that is sealed and on its way into the journal. Null when it isn't here.
    /// </summary>
    public StateView? Find(in Hash256 block)
    {
        var views = _views;
        for (var i = views.Length - 1; i >= 0; i--)
        {
            if (views[i].Header.Hash == block)
            {
                return views[i];
            }
        }
        return _held is { } held && held.Header.Hash == block ? held : null;
    }

    /// <summary>Has the state after a sealed try at hand until something is published, for <see cref="Find"/> only: it may never be committed.</summary>
    public void Hold(in BlockAttempt attempt, BlockHeader header)
    {
        lock (_lock)
        {
            if (attempt.FencingNumber >= _fencingNumber)
            {
                _held = new StateView(header, StagedBy(in attempt), codes, layout);
            }
        }
    }

    /// <summary>Holds a slice ready under the name of the try that made it.</summary>
    public void Stage(int shard, in BlockAttempt attempt, StateShard slice)
    {
        lock (_lock)
        {
            _staged[shard] = (attempt, slice);
        }
    }

    /// <summary>
    /// Shows a slice that a shard has loaded as the journal has it: a shard that comes to this silo between two blocks isn't asked to apply anything until the next
    /// one, and its accounts would be nowhere until then.
    /// </summary>
    /// <param name="number">The journal's head.</param>
    /// <param name="block">Its hash.</param>
    public void Adopt(int shard, ulong number, in Hash256 block, StateShard slice)
    {
        lock (_lock)
        {
            var views = _views;
            if (views.Length > 0 && views[^1].Header.Hash == block)
            {
                if (views[^1].Shards[shard] is null)
                {
                    _views = [.. views[..^1], views[^1].With(shard, slice)];
                }
            }
            else
            {
                _loaded[shard] = (number, block, slice);
            }
        }
    }

    /// <summary>
    /// Makes the slices of a committed try the head. A publication that comes late changes nothing. A coordinator that has just
    /// taken over and publishes an earlier block, or another one of this height, has found a journal that was changed: the views of before are
    /// dropped.
    /// </summary>
    /// <returns>Whether the journal was changed: what else was read from it isn't true any more.</returns>
    public bool Publish(in BlockAttempt attempt, BlockHeader header)
    {
        lock (_lock)
        {
            var views = _views;
            var last = views.Length == 0 ? null : views[^1].Header;
            var isOther = last is not null && (last.Number > header.Number || (last.Number == header.Number && last.Hash != header.Hash));
            if (attempt.FencingNumber < _fencingNumber || (isOther && attempt.FencingNumber == _fencingNumber))
            {
                return false;
            }
            _fencingNumber = attempt.FencingNumber;
            _held = null;
            var shards = StagedBy(in attempt);
            if (last is not null && last.Hash == header.Hash)
            {
                // Published again, by a coordinator that has recovered: it may not know of all shards here.
                for (var shard = 0; shard < shards.Length; shard++)
                {
                    shards[shard] ??= views[^1].Shards[shard];
                }
            }
            foreach (var (shard, loaded) in _loaded.ToArray())
            {
                if (loaded.Block == header.Hash)
                {
                    shards[shard] ??= loaded.Slice;
                }
                if (loaded.Number <= header.Number)
                {
                    _loaded.Remove(shard);
                }
            }
            var kept = views.Where(view => !isOther && view.Number < header.Number).TakeLast(options.StatesKept - 1);
            _views = [.. kept, new StateView(header, shards, codes, layout)];
            return isOther;
        }
    }

    private StateShard?[] StagedBy(in BlockAttempt attempt)
    {
        var shards = new StateShard?[layout.Count];
        foreach (var (shard, staged) in _staged)
        {
            if (staged.Attempt == attempt)
            {
                shards[shard] = staged.Slice;
            }
        }
        return shards;
    }
}
