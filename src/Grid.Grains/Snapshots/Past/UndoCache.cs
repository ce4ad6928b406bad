using Grid.Chain;
using Grid.Grains.Lanes;
using Grid.Storage;

namespace Grid.Grains.Snapshots.Past;

/// <summary>What blocks changed, as it was before, of the blocks that were asked for last; read from the journal's access lists on a lane.</summary>
/// <remarks>
/// Safe because one lock guards the collections and what is in them is immutable. Reading runs outside of it, so two may read the same; what was read
/// before the cache was cleared isn't kept.
/// </remarks>
public sealed class UndoCache(GridOptions options, IJournal journal, LaneThreads lanes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, LinkedListNode<BlockUndo>> _blocks = [];
    private readonly LinkedList<BlockUndo> _order = [];
    private long _bytes;
    private int _generation;

    /// <summary>Bytes of what is kept.</summary>
    public long SizeBytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>What the blocks from one to another changed, ascending.</summary>
    /// <exception cref="StorageException">The journal lacks one of them.</exception>
    public async ValueTask<BlockUndo[]> ReadAsync(ulong from, ulong to)
    {
        var undos = new BlockUndo[to - from + 1];
        for (var i = 0; i < undos.Length; i++)
        {
            undos[i] = await ReadAsync(from + (ulong)i);
        }
        return undos;
    }

    /// <summary>Forgets all: the journal may have other blocks now.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _generation++;
            _blocks.Clear();
            _order.Clear();
            _bytes = 0;
        }
    }

    private async ValueTask<BlockUndo> ReadAsync(ulong number)
    {
        int generation;
        lock (_lock)
        {
            generation = _generation;
            if (_blocks.TryGetValue(number, out var node))
            {
                _order.Remove(node);
                _order.AddLast(node);
                return node.Value;
            }
        }
        var block = await journal.ReadBlockAsync(number) ?? throw new StorageException(StorageError.Corrupt, $"the journal lacks block {number}");
        var undo = await lanes.RunAsync(() => BlockUndo.Of(number, BlockAccessList.Decode(block.AccessList.Span)));
        Keep(undo, generation);
        return undo;
    }

    private void Keep(BlockUndo undo, int generation)
    {
        lock (_lock)
        {
            if (generation != _generation || _blocks.ContainsKey(undo.Number))
            {
                return;
            }
            _blocks.Add(undo.Number, _order.AddLast(undo));
            _bytes += undo.SizeBytes;
            while (_bytes > options.HistoryBytesMax)
            {
                var oldest = _order.First!.Value;
                _order.RemoveFirst();
                _blocks.Remove(oldest.Number);
                _bytes -= oldest.SizeBytes;
            }
        }
    }
}
