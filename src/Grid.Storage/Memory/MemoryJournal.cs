using Grid.Primitives;
using Grid.State;

namespace Grid.Storage.Memory;

/// <summary>
/// A journal in the process's memory: durable for as long as the process lives, and honest about the rest. It keeps bodies,
/// receipts and access lists up to a limit; beyond it, the oldest blocks are forgotten.
/// </summary>
/// <remarks>
/// Safe because one lock guards every field, no call waits inside it, and what is handed out is immutable.
/// </remarks>
/// <param name="limitBytes">The most that blocks may take, in bytes; the newest 256 blocks are kept whatever they take.</param>
/// <param name="keepsHistory">Whether the history of values before is kept, for the blocks that are.</param>
public sealed class MemoryJournal(long limitBytes = MemoryJournal.DefaultLimitBytes, bool keepsHistory = false) : IJournal, IHistoryIndex
{
    public const long DefaultLimitBytes = 1L << 30;

    /// <summary>BLOCKHASH reaches 256 blocks back, and recovery needs the blocks that the store hasn't written.</summary>
    private const int BlocksKeptAlways = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, JournalBlock> _blocks = [];
    private readonly Dictionary<Hash256, ulong> _numbers = [];
    private readonly Dictionary<Hash256, TransactionLocation> _transactions = [];
    private readonly Dictionary<Hash256, PoolEntry> _pool = [];
    private ChainRecord? _chain;
    private readonly MemoryHistory _history = new();
    private JournalHead? _head;
    private ulong _oldest;
    private ulong _fencingNumber;
    private long _bytes;

    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_chain);
        }
    }

    public ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            _chain = chain;
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_head);
        }
    }

    public ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(++_fencingNumber);
        }
    }

    public ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        var history = keepsHistory ? BlockHistory.Of(block) : null;
        lock (_lock)
        {
            if (fencingNumber != _fencingNumber)
            {
                return ValueTask.FromResult(AppendOutcome.Fenced);
            }
            var (number, parent) = _head is null ? (0UL, Hash256.Zero) : (_head.Number + 1, _head.Hash);
            if (block.Number != number || (_head is not null && block.ParentHash != parent))
            {
                return ValueTask.FromResult(AppendOutcome.WrongParent);
            }
            _blocks.Add(block.Number, block);
            _numbers.Add(block.Hash, block.Number);
            var hashes = block.TransactionHashes.Span;
            if (_transactions.Count + hashes.Length > _transactions.Capacity)
            {
                // Once for the block; and twofold at least, so that growing costs each transaction a fixed share.
                _transactions.EnsureCapacity(Math.Max(_transactions.Count + hashes.Length, _transactions.Count * 2));
            }
            for (var i = 0; i < hashes.Length; i++)
            {
                _transactions[hashes[i]] = new TransactionLocation(block.Number, i);
                _pool.Remove(hashes[i]);
            }
            _head = new JournalHead(block.Number, block.Hash, block.StateRoot, block.TotalDifficulty);
            _bytes += SizeBytes(block);
            if (history is not null)
            {
                _history.Add(history);
                _bytes += MemoryHistory.SizeBytes(history);
            }
            while (_bytes > limitBytes && block.Number - _oldest >= BlocksKeptAlways)
            {
                Forget(_oldest++);
            }
            return ValueTask.FromResult(AppendOutcome.Committed);
        }
    }

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_blocks.GetValueOrDefault(number));
        }
    }

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_blocks.GetValueOrDefault(number)?.Hash);
        }
    }

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<ulong?>(_numbers.TryGetValue(hash, out var number) ? number : null);
        }
    }

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<TransactionLocation?>(_transactions.TryGetValue(hash, out var location) ? location : null);
        }
    }

    public ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            foreach (var hash in removed)
            {
                _pool.Remove(hash);
            }
            foreach (var entry in admitted)
            {
                _pool[entry.Hash] = entry;
            }
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<PoolEntry>>([.. _pool.Values]);
        }
    }

    public ValueTask<ulong?> ReadStartAsync(CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_history.Start);
        }
    }

    public ValueTask<AccountBefore?> FindAccountAsync(Address address, ulong number, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_history.FindAccount(in address, number));
        }
    }

    public ValueTask<UInt256?> FindSlotAsync(Address address, UInt256 slot, ulong number, CancellationToken cancellation = default)
    {
        var key = KeyHashes.Of(in slot);
        lock (_lock)
        {
            return ValueTask.FromResult(_history.FindSlot(in address, in key, number));
        }
    }

    private void Forget(ulong number)
    {
        if (!_blocks.Remove(number, out var block))
        {
            return;
        }
        _numbers.Remove(block.Hash);
        foreach (var hash in block.TransactionHashes.Span)
        {
            _transactions.Remove(hash);
        }
        _bytes -= SizeBytes(block) + _history.Forget(number);
    }

    private static long SizeBytes(JournalBlock block) =>
        block.Block.Length + block.Receipts.Length + block.AccessList.Length + (block.TransactionHashes.Length * 116L) + 256;
}
