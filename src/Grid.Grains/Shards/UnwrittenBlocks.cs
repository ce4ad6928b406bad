using Grid.Storage;

namespace Grid.Grains.Shards;

/// <summary>The committed blocks that the store lacks, and the version that it has. One user at a time.</summary>
internal sealed class UnwrittenBlocks
{
    private readonly Queue<ShardBlock> _blocks = [];

    /// <summary>What the store has.</summary>
    public StoredShard Stored { get; private set; } = null!;

    public int Count => _blocks.Count;

    /// <summary>Begins at the store's version, with the blocks that were replayed on top of it.</summary>
    public void Start(StoredShard stored, IEnumerable<ShardBlock> replayed)
    {
        _blocks.Clear();
        Stored = stored;
        foreach (var block in replayed)
        {
            _blocks.Enqueue(block);
        }
    }

    public void Add(ShardBlock block) => _blocks.Enqueue(block);

    /// <summary>The blocks up to a height as one batch; null when the store has them.</summary>
    public StoreBatch? ToBatch(ulong number)
    {
        var run = _blocks.TakeWhile(block => block.Number <= number).ToArray();
        return run.Length == 0
            ? null
            : new StoreBatch(Stored.Version, run[^1].Number, Stored.Slice, run[^1].Slice, [.. run.SelectMany(block => block.Codes)]);
    }

    /// <summary>Forgets what the store has now. Ignored where another version was loaded meanwhile.</summary>
    public void Written(StoreBatch batch)
    {
        if (ReferenceEquals(batch.Before, Stored.Slice))
        {
            Move(new StoredShard(batch.ToNumber, batch.After));
        }
    }

    /// <summary>Somebody else has written to the store: goes on from there.</summary>
    public void Move(StoredShard stored)
    {
        Stored = stored;
        while (_blocks.TryPeek(out var block) && block.Number <= stored.Version)
        {
            _blocks.Dequeue();
        }
    }
}
