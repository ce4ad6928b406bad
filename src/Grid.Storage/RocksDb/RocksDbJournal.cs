using Grid.Primitives;
using RocksDbSharp;

namespace Grid.Storage.RocksDb;

/// <summary>The journal in a data folder. It keeps every block.</summary>
/// <remarks>
/// Safe because the head and the fencing number that an append is checked against belong to the writing thread, and what is read
/// elsewhere is read from the database, where a write shows up when it is durable and not before.
/// <para>
/// What follows from a block (where its transactions are, and that the pool table no longer has them) is as many rows as it has transactions, and isn't part of the commit: the
/// writing thread writes it right after it has answered. Until then readers find these blocks in one reference that it replaces whole, after the commit and before the
/// answer; they look there first, so nothing is missed when a block leaves it. What a crash leaves without rows gets them when the folder is opened.
/// </para>
/// </remarks>
public sealed class RocksDbJournal : IJournal
{
    private readonly RocksDbFolder _folder;
    private readonly GroupWriter _writer;
    // The writing thread's.
    private JournalHead? _head;
    private ulong? _fencingNumber;
    private readonly List<JournalBlock> _appended = [];
    // Set by the writing thread, read by all.
    private volatile JournalBlock[] _unindexed = [];

    internal RocksDbJournal(RocksDbFolder folder, GroupWriter writer) => (_folder, _writer) = (folder, writer);

    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => ValueTask.FromResult(
        _folder.Get(JournalFormat.ChainKey, families => families.Single) is { } found ? JournalFormat.DecodeChain(found) : null);

    public async ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default)
    {
        var encoded = JournalFormat.EncodeChain(chain);
        await _writer.WriteAsync(
            batch =>
            {
                using var visit = _folder.Enter();
                batch.Put(JournalFormat.ChainKey, encoded, visit.Families.Single);
                return true;
            },
            cancellation);
    }

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => ValueTask.FromResult(ReadHead());

    public async ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) => await _writer.WriteAsync(
        batch =>
        {
            var next = FencingNumber() + 1;
            using var visit = _folder.Enter();
            batch.Put(JournalFormat.FencingKey, JournalFormat.EncodeNumber(next), visit.Families.Single);
            _fencingNumber = next;
            return next;
        },
        cancellation);

    public async ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        var encoded = JournalFormat.EncodeBlock(block);
        var history = _folder.History.Prepare(block);
        return await _writer.WriteAsync(batch => Append(batch, block, encoded, history, fencingNumber), cancellation);
    }

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => ValueTask.FromResult(
        _folder.Get(JournalFormat.NumberKey(number), families => families.Blocks) is { } found ? JournalFormat.DecodeBlock(number, found) : null);

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => ValueTask.FromResult<Hash256?>(
        _folder.Get(JournalFormat.NumberKey(number), families => families.Hashes) is { } found ? JournalFormat.DecodeHash(found) : null);

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => ValueTask.FromResult<ulong?>(
        _folder.Get(hash.Span, families => families.Numbers) is { } found ? JournalFormat.DecodeNumber(found, "a block's height") : null);

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default)
    {
        foreach (var block in _unindexed)
        {
            if (block.TransactionHashes.Span.IndexOf(hash) is var index and >= 0)
            {
                return ValueTask.FromResult<TransactionLocation?>(new TransactionLocation(block.Number, index));
            }
        }
        return ValueTask.FromResult<TransactionLocation?>(
            _folder.Get(hash.Span, families => families.Transactions) is { } found ? JournalFormat.DecodeLocation(found) : null);
    }

    public async ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default)
    {
        var encoded = admitted.Select(JournalFormat.EncodePoolEntry).ToArray();
        await _writer.WriteAsync(
            batch =>
            {
                using var visit = _folder.Enter();
                foreach (var hash in removed)
                {
                    batch.Delete(hash.Span, visit.Families.Pool);
                }
                for (var i = 0; i < encoded.Length; i++)
                {
                    batch.Put(admitted[i].Hash.Span, encoded[i], visit.Families.Pool);
                }
                return true;
            },
            cancellation);
    }

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default)
    {
        // Before the scan begins: what leaves it later is out of the table by then.
        var included = _unindexed.SelectMany(block => block.TransactionHashes.ToArray()).ToHashSet();
        using var visit = _folder.Enter();
        using var scan = new Scan(visit.Database, visit.Families.Pool, []);
        var entries = new List<PoolEntry>();
        while (scan.MoveNext())
        {
            var entry = JournalFormat.DecodePoolEntry(scan.Key, scan.Value);
            if (!included.Contains(entry.Hash))
            {
                entries.Add(entry);
            }
        }
        return ValueTask.FromResult<IReadOnlyList<PoolEntry>>(entries);
    }

    /// <summary>Reads head and fencing number anew: the database was opened again, and has all rows. Called by the writing thread.</summary>
    internal void Forget()
    {
        (_head, _fencingNumber) = (null, null);
        _appended.Clear();
        _unindexed = [];
    }

    /// <summary>What was appended is durable: readers may find it. Called by the writing thread, before it answers.</summary>
    internal void ShowAppended()
    {
        if (_appended.Count > 0)
        {
            _unindexed = [.. _unindexed, .. _appended];
            _appended.Clear();
        }
    }

    /// <summary>Puts the rows of what was appended into a batch; returns the last of the blocks, null where none lacks them. Called by the writing thread.</summary>
    internal ulong? FillIndex(WriteBatch batch, Families families)
    {
        foreach (var block in _unindexed)
        {
            PutIndex(batch, families, block);
        }
        return _unindexed is [.., var last] ? last.Number : null;
    }

    /// <summary>The rows are durable.</summary>
    internal void HideIndexed() => _unindexed = [];

    /// <summary>Gives blocks their rows that were appended by a process that ended before it had.</summary>
    internal static void CompleteIndex(RocksDbFolder.Opening opening, IIndexWatch? watch)
    {
        var (database, families) = (opening.Database, opening.Families);
        JournalHead head;
        ulong next;
        try
        {
            if (database.Get(JournalFormat.HeadKey, families.Single) is not { } found)
            {
                return;
            }
            head = JournalFormat.DecodeHead(found);
            next = database.Get(JournalFormat.IndexedKey, families.Single) is { } indexed ? JournalFormat.DecodeNumber(indexed, "the number of indexed blocks") : 0;
        }
        catch (StorageException)
        {
            return; // whoever reads the journal is told
        }
        for (; next <= head.Number; next++)
        {
            using var batch = new WriteBatch();
            var block = database.Get(JournalFormat.NumberKey(next), families.Blocks)
                ?? throw new StorageException(StorageError.Corrupt, $"the journal lacks block {next}");
            PutIndex(batch, families, JournalFormat.DecodeBlock(next, block));
            watch?.Writing(next);
            opening.Write(batch, isAnswered: false);
            watch?.Written(next);
        }
    }

    private static void PutIndex(WriteBatch batch, Families families, JournalBlock block)
    {
        var hashes = block.TransactionHashes.Span;
        for (var i = 0; i < hashes.Length; i++)
        {
            batch.Put(hashes[i].Span, JournalFormat.EncodeLocation(new TransactionLocation(block.Number, i)), families.Transactions);
            batch.Delete(hashes[i].Span, families.Pool);
        }
        batch.Put(JournalFormat.IndexedKey, JournalFormat.EncodeNumber(block.Number + 1), families.Single);
    }

    private AppendOutcome Append(WriteBatch batch, JournalBlock block, byte[] encoded, BlockHistory? history, ulong fencingNumber)
    {
        if (fencingNumber != FencingNumber())
        {
            return AppendOutcome.Fenced;
        }
        _head ??= ReadHead();
        if (_head is null ? block.Number != 0 : block.Number != _head.Number + 1 || block.ParentHash != _head.Hash)
        {
            return AppendOutcome.WrongParent;
        }
        using var visit = _folder.Enter();
        var families = visit.Families;
        var head = new JournalHead(block.Number, block.Hash, block.StateRoot, block.TotalDifficulty);
        batch.Put(JournalFormat.NumberKey(block.Number), encoded, families.Blocks);
        batch.Put(JournalFormat.NumberKey(block.Number), JournalFormat.EncodeHash(block.Hash), families.Hashes);
        batch.Put(block.Hash.Span, JournalFormat.EncodeNumber(block.Number), families.Numbers);
        _folder.History.Append(batch, families, block.Number, history);
        batch.Put(JournalFormat.HeadKey, JournalFormat.EncodeHead(head), families.Single);
        _head = head;
        _appended.Add(block);
        return AppendOutcome.Committed;
    }

    private JournalHead? ReadHead() =>
        _folder.Get(JournalFormat.HeadKey, families => families.Single) is { } found ? JournalFormat.DecodeHead(found) : null;

    private ulong FencingNumber() => _fencingNumber ??=
        _folder.Get(JournalFormat.FencingKey, families => families.Single) is { } found ? JournalFormat.DecodeNumber(found, "the fencing number") : 0;
}
