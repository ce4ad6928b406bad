using Grid.Primitives;
using Grid.Storage;
using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Node.Bench.Block;

/// <summary>
/// A journal that can be rewound, and makes every block durable in a data folder as well before it says that it is: what a node waits for. The folder can't be
/// rewound, so there each try of a block stands on the one before.
/// </summary>
/// <remarks>Safe because blocks are appended one at a time, by the coordinator.</remarks>
internal sealed class KeptJournal(RewindingJournal inner, RocksDbFolder folder) : IJournal
{
    private ulong? _fencingNumber;
    private JournalHead? _last;

    public async ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        _fencingNumber ??= await folder.Journal.TakeFencingNumberAsync(cancellation);
        var number = _last is { } last ? last.Number + 1 : 0;
        // Another hash for each try, as for another block.
        var kept = block with { Number = number, ParentHash = _last?.Hash ?? default, Hash = Hash256.FromWord(block.Hash.ToWord() ^ (UInt256)number) };
        if (await folder.Journal.AppendAsync(kept, _fencingNumber.Value, cancellation) != AppendOutcome.Committed)
        {
            throw new StorageException(StorageError.Incompatible, $"{folder.Path} isn't empty");
        }
        _last = new JournalHead(kept.Number, kept.Hash, kept.StateRoot, kept.TotalDifficulty);
        return await inner.AppendAsync(block, fencingNumber, cancellation);
    }

    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => inner.ReadChainAsync(cancellation);

    public ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) => inner.WriteChainAsync(chain, cancellation);

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => inner.ReadHeadAsync(cancellation);

    public ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) => inner.TakeFencingNumberAsync(cancellation);

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => inner.ReadBlockAsync(number, cancellation);

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => inner.ReadHashAsync(number, cancellation);

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => inner.FindBlockAsync(hash, cancellation);

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) => inner.FindTransactionAsync(hash, cancellation);

    public ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
        inner.UpdatePoolAsync(admitted, removed, cancellation);

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => inner.ReadPoolAsync(cancellation);
}
