using Grid.Primitives;
using Grid.Storage;

namespace Grid.Grains.Load;

/// <summary>A journal whose writes are measured, and all of whose failures are counted.</summary>
public sealed class MeteredJournal(IJournal journal, StorageMeter meter) : IJournal
{
    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => Read(journal.ReadChainAsync(cancellation));

    public ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) => journal.WriteChainAsync(chain, cancellation);

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => Read(journal.ReadHeadAsync(cancellation));

    public ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) =>
        meter.WriteAsync(StorageOperation.Fence, journal.TakeFencingNumberAsync(cancellation));

    public async ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        var outcome = await meter.WriteAsync(StorageOperation.Append, journal.AppendAsync(block, fencingNumber, cancellation));
        if (outcome == AppendOutcome.Committed)
        {
            meter.Appended(block);
        }
        return outcome;
    }

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => Read(journal.ReadBlockAsync(number, cancellation));

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => Read(journal.ReadHashAsync(number, cancellation));

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => Read(journal.FindBlockAsync(hash, cancellation));

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) =>
        Read(journal.FindTransactionAsync(hash, cancellation));

    public async ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default)
    {
        await meter.WriteAsync(StorageOperation.Pool, Update());
        meter.Admitted(admitted.Count);

        async ValueTask<bool> Update()
        {
            await journal.UpdatePoolAsync(admitted, removed, cancellation);
            return true;
        }
    }

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => Read(journal.ReadPoolAsync(cancellation));

    private ValueTask<T> Read<T>(ValueTask<T> call) => meter.ReadAsync(StorageOperation.Read, call);
}
