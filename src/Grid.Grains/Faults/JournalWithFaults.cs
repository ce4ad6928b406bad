using Grid.Primitives;
using Grid.Storage;

namespace Grid.Grains.Faults;

/// <summary>A journal whose durable writes can be interrupted before and after they are made.</summary>
public sealed class JournalWithFaults(IJournal journal, IFaultPoints faults) : IJournal
{
    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => journal.ReadChainAsync(cancellation);

    public async ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default)
    {
        await faults.ReachAsync(FaultPoint.StoreWriting, 0);
        await journal.WriteChainAsync(chain, cancellation);
        await faults.ReachAsync(FaultPoint.StoreWritten, 0);
    }

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => journal.ReadHeadAsync(cancellation);

    public async ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default)
    {
        await faults.ReachAsync(FaultPoint.FencingNumberWriting, 0);
        var number = await journal.TakeFencingNumberAsync(cancellation);
        await faults.ReachAsync(FaultPoint.FencingNumberWritten, 0);
        return number;
    }

    public async ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        await faults.ReachAsync(FaultPoint.BlockWriting, block.Number);
        var outcome = await journal.AppendAsync(block, fencingNumber, cancellation);
        await faults.ReachAsync(FaultPoint.BlockWritten, block.Number);
        return outcome;
    }

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => journal.ReadBlockAsync(number, cancellation);

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => journal.ReadHashAsync(number, cancellation);

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => journal.FindBlockAsync(hash, cancellation);

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) => journal.FindTransactionAsync(hash, cancellation);

    public async ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default)
    {
        await faults.ReachAsync(FaultPoint.PoolWriting, 0);
        await journal.UpdatePoolAsync(admitted, removed, cancellation);
        await faults.ReachAsync(FaultPoint.PoolWritten, 0);
    }

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => journal.ReadPoolAsync(cancellation);
}
