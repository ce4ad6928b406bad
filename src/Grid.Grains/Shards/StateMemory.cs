using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Shards;

/// <summary>
/// How much memory the silo's shards take with what they have loaded and made, against the limit. Each shard says so after it has let go of what
/// it can; while all together are above the limit, rounds of use go on, so that what nobody uses becomes old and goes.
/// </summary>
/// <remarks>Safe because one lock guards the table, and nothing waits inside it.</remarks>
public sealed class StateMemory(GridOptions options, CodeTable codes)
{
    /// <summary>Of the limit, what code may take.</summary>
    private const int CodeShare = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _bytes = [];
    private readonly HashSet<int> _inRound = [];
    private long _sum;

    /// <summary>Whether there is a limit at all.</summary>
    public bool IsLimited => options.StateBytesMax < long.MaxValue;

    /// <summary>What all shards together have said.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _sum;
            }
        }
    }

    /// <summary>Takes what a shard takes now; once all have said so and it is too much, the next round begins.</summary>
    public void Report(int shard, long bytes)
    {
        lock (_lock)
        {
            _sum += bytes - _bytes.GetValueOrDefault(shard);
            _bytes[shard] = bytes;
            _inRound.Add(shard);
            if (_inRound.Count < _bytes.Count || (_sum <= options.StateBytesMax && GC.GetTotalMemory(forceFullCollection: false) <= options.HeapBytesMax))
            {
                return;
            }
            _inRound.Clear();
        }
        TrieNode.BeginRound();
        codes.Evict(options.StateBytesMax / CodeShare);
    }

    /// <summary>The shard has left this silo.</summary>
    public void Remove(int shard)
    {
        lock (_lock)
        {
            _sum -= _bytes.GetValueOrDefault(shard);
            _bytes.Remove(shard);
            _inRound.Remove(shard);
        }
    }
}
