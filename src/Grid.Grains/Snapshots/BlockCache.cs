using Grid.Chain;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.Storage;

namespace Grid.Grains.Snapshots;

/// <summary>A block of the journal, decoded.</summary>
/// <param name="SizeBytes">The length of its RLP.</param>
public sealed record DecodedBlock(Block Block, Receipt[] Receipts, int SizeBytes);

/// <summary>The blocks that were read last, decoded, with senders, gas and contract addresses filled in.</summary>
/// <remarks>Safe because one lock guards the two collections; decoding runs outside it, so two readers may do it twice.</remarks>
/// <param name="capacity">The most blocks.</param>
/// <param name="bytesMax">What they may take, about; the last one is kept in any case.</param>
public sealed class BlockCache(IJournal journal, int capacity = 64, long bytesMax = long.MaxValue)
{
    /// <summary>Bytes in memory for each one of a block's RLP: transactions are objects, and have receipts with blooms.</summary>
    private const int BytesPerEncodedByte = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, LinkedListNode<DecodedBlock>> _blocks = [];
    private readonly LinkedList<DecodedBlock> _order = [];
    private long _bytes;

    /// <summary>Keeps a block that is decoded already.</summary>
    public void Add(DecodedBlock block)
    {
        lock (_lock)
        {
            var number = block.Block.Header.Number;
            if (_blocks.Remove(number, out var old))
            {
                _order.Remove(old);
                _bytes -= BytesOf(old.Value);
            }
            _blocks.Add(number, _order.AddLast(block));
            _bytes += BytesOf(block);
            while (_order.Count > capacity || (_bytes > bytesMax && _order.Count > 1))
            {
                var oldest = _order.First!.Value;
                _bytes -= BytesOf(oldest);
                _blocks.Remove(oldest.Block.Header.Number);
                _order.RemoveFirst();
            }
        }
    }

    /// <summary>Forgets all: the journal may have other blocks now.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _blocks.Clear();
            _order.Clear();
            _bytes = 0;
        }
    }

    /// <summary>The block at a height; null where the journal has none.</summary>
    public async ValueTask<DecodedBlock?> GetAsync(ulong number)
    {
        lock (_lock)
        {
            if (_blocks.TryGetValue(number, out var node))
            {
                _order.Remove(node);
                _order.AddLast(node);
                return node.Value;
            }
        }
        if (await journal.ReadBlockAsync(number) is not { } stored)
        {
            return null;
        }
        var decoded = Decode(stored);
        Add(decoded);
        return decoded;
    }

    private static long BytesOf(DecodedBlock block) => (long)block.SizeBytes * BytesPerEncodedByte;

    private static DecodedBlock Decode(JournalBlock stored)
    {
        if (!Block.TryDecode(stored.Block.Span, out var block, out var error))
        {
            throw new StorageException(StorageError.Corrupt, $"block {stored.Number} can't be decoded: {error}");
        }
        var senders = stored.Senders.Span;
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            block.Transactions[i].SetSender(in senders[i]);
        }
        return new DecodedBlock(block, ReceiptList.Decode(stored.Receipts.Span, block.Transactions), stored.Block.Length);
    }
}
