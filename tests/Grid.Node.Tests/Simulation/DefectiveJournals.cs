using Grid.Primitives;
using Grid.Storage;

namespace Grid.Node.Tests.Simulation;

/// <summary>A journal that does something wrong, and the rest as it should.</summary>
internal abstract class DefectiveJournal(IJournal journal) : IJournal
{
    protected IJournal Journal => journal;

    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => journal.ReadChainAsync(cancellation);

    public ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) => journal.WriteChainAsync(chain, cancellation);

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => journal.ReadHeadAsync(cancellation);

    public virtual ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) => journal.TakeFencingNumberAsync(cancellation);

    public virtual ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default) =>
        journal.AppendAsync(block, fencingNumber, cancellation);

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => journal.ReadBlockAsync(number, cancellation);

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => journal.ReadHashAsync(number, cancellation);

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => journal.FindBlockAsync(hash, cancellation);

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) =>
        journal.FindTransactionAsync(hash, cancellation);

    public virtual ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
        journal.UpdatePoolAsync(admitted, removed, cancellation);

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => journal.ReadPoolAsync(cancellation);
}

/// <summary>Takes every fencing number for the last one.</summary>
internal sealed class UnfencedJournal(IJournal journal) : DefectiveJournal(journal)
{
    private ulong _last;

    public override async ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) =>
        _last = await Journal.TakeFencingNumberAsync(cancellation);

    public override ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default) =>
        Journal.AppendAsync(block, Math.Max(_last, fencingNumber), cancellation);
}

/// <summary>Answers that admissions are durable, and doesn't keep them.</summary>
internal sealed class ForgetfulJournal(IJournal journal) : DefectiveJournal(journal)
{
    public override ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
        Journal.UpdatePoolAsync([], removed, cancellation);
}

/// <summary>Answers before admissions are written, and never says that they weren't.</summary>
internal sealed class HastyPoolJournal(IJournal journal) : DefectiveJournal(journal)
{
    public override ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default)
    {
        _ = Journal.UpdatePoolAsync(admitted, removed, cancellation).AsTask();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Says that a block is committed while it is on its way.</summary>
internal sealed class HastyBlockJournal(IJournal journal) : DefectiveJournal(journal)
{
    public override ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        _ = Journal.AppendAsync(block, fencingNumber, cancellation).AsTask();
        return ValueTask.FromResult(AppendOutcome.Committed);
    }
}

/// <summary>Doesn't tell a refused append from one that was made.</summary>
internal sealed class CredulousJournal(IJournal journal) : DefectiveJournal(journal)
{
    public override async ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        await Journal.AppendAsync(block, fencingNumber, cancellation);
        return AppendOutcome.Committed;
    }
}

/// <summary>Gives the coordinators of a silo the number that the first of them took.</summary>
internal sealed class StaleEpochJournal(IJournal journal) : DefectiveJournal(journal)
{
    private ulong? _taken;

    public override async ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) =>
        _taken ??= await Journal.TakeFencingNumberAsync(cancellation);
}
