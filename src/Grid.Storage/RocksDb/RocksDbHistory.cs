using Grid.Primitives;
using Grid.State;
using RocksDbSharp;

namespace Grid.Storage.RocksDb;

/// <summary>The history of values before in a data folder, in a column family of its own: each question is one seek.</summary>
/// <remarks>
/// Safe because it is written by the writing thread only, in the batch that appends the block, and what is read is read from the database. The
/// start that writing goes by belongs to that thread.
/// </remarks>
public sealed class RocksDbHistory : IHistoryIndex
{
    private readonly RocksDbFolder _folder;
    private readonly bool _isKept;
    // The writing thread's.
    private ulong? _start;
    private bool _isStartKnown;

    internal RocksDbHistory(RocksDbFolder folder, bool isKept) => (_folder, _isKept) = (folder, isKept);

    public ValueTask<ulong?> ReadStartAsync(CancellationToken cancellation = default) => ValueTask.FromResult(_isKept ? ReadStart() : null);

    public ValueTask<AccountBefore?> FindAccountAsync(Address address, ulong number, CancellationToken cancellation = default) => ValueTask.FromResult(
        Find<AccountBefore>(HistoryFormat.AccountPrefix(in address), number, static value => HistoryFormat.DecodeAccount(value)));

    public ValueTask<UInt256?> FindSlotAsync(Address address, UInt256 slot, ulong number, CancellationToken cancellation = default) => ValueTask.FromResult(
        Find<UInt256>(HistoryFormat.SlotPrefix(in address, KeyHashes.Of(in slot)), number, static value => HistoryFormat.DecodeSlot(value)));

    /// <summary>Reads the start anew: the database was opened again. Called by the writing thread.</summary>
    internal void Forget() => (_start, _isStartKnown) = (null, false);

    /// <summary>What a block adds, made before the writing thread gets it; null where no history is kept.</summary>
    internal BlockHistory? Prepare(JournalBlock block) => _isKept ? BlockHistory.Of(block) : null;

    /// <summary>Adds a block's part to the batch that appends it. A block without one ends the history that there was.</summary>
    internal void Append(WriteBatch batch, Families families, ulong number, BlockHistory? block)
    {
        if (!_isStartKnown)
        {
            (_start, _isStartKnown) = (ReadStart(), true);
        }
        ulong? start = block is null ? null : !block.IsComplete ? number : _start ?? (number == 0 ? 0 : number - 1);
        if (start != _start)
        {
            _start = start;
            if (start is { } begun)
            {
                batch.Put(HistoryFormat.StartKey, JournalFormat.EncodeNumber(begun), families.Single);
            }
            else
            {
                batch.Delete(HistoryFormat.StartKey, families.Single);
            }
        }
        foreach (var (address, before) in block?.Accounts ?? [])
        {
            batch.Put(HistoryFormat.KeyAt(HistoryFormat.AccountPrefix(in address), number), HistoryFormat.EncodeAccount(before), families.History);
        }
        foreach (var (address, key, before) in block?.Slots ?? [])
        {
            batch.Put(HistoryFormat.KeyAt(HistoryFormat.SlotPrefix(in address, in key), number), HistoryFormat.EncodeSlot(in before), families.History);
        }
    }

    private ulong? ReadStart() => _folder.Get(HistoryFormat.StartKey, families => families.Single) is { } found
        ? JournalFormat.DecodeNumber(found, "the start of the history")
        : null;

    private delegate T Decoder<out T>(ReadOnlySpan<byte> value);

    private T? Find<T>(byte[] prefix, ulong number, Decoder<T> decode)
        where T : struct
    {
        using var visit = _folder.Enter();
        using var scan = new Scan(visit.Database, visit.Families.History, prefix, HistoryFormat.KeyAt(prefix, number + 1));
        return scan.MoveNext() ? decode(scan.Value) : null;
    }
}
