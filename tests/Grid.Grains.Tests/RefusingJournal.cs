using Grid.Primitives;
using Grid.Storage;

namespace Grid.Grains.Tests;

/// <summary>A journal whose pool table can't be written while the test says so, and whose appends may seem to fail.</summary>
internal sealed class RefusingJournal(IJournal journal) : IJournal
{
    private volatile bool _refusesPool;
    private volatile Exception? _nextAppendSeemsToFail;

    public bool RefusesPool
    {
        get => _refusesPool;
        set => _refusesPool = value;
    }

    /// <summary>What the next append throws after it was made: as a disk that fails when all is written.</summary>
    public Exception? NextAppendSeemsToFail
    {
        get => _nextAppendSeemsToFail;
        set => _nextAppendSeemsToFail = value;
    }

    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => journal.ReadChainAsync(cancellation);

    public ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) => journal.WriteChainAsync(chain, cancellation);

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => journal.ReadHeadAsync(cancellation);

    public ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) => journal.TakeFencingNumberAsync(cancellation);

    public async ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        var outcome = await journal.AppendAsync(block, fencingNumber, cancellation);
        return Interlocked.Exchange(ref _nextAppendSeemsToFail, null) is { } error ? throw error : outcome;
    }

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => journal.ReadBlockAsync(number, cancellation);

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => journal.ReadHashAsync(number, cancellation);

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => journal.FindBlockAsync(hash, cancellation);

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) => journal.FindTransactionAsync(hash, cancellation);

    public ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
        _refusesPool
            ? ValueTask.FromException(new StorageException(StorageError.Unavailable, "the test refuses"))
            : journal.UpdatePoolAsync(admitted, removed, cancellation);

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => journal.ReadPoolAsync(cancellation);
}
