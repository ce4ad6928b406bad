using Grid.Primitives;

namespace Grid.Storage.Memory;

/// <summary>
/// A journal in memory that can forget all but its genesis block, so that a warm cluster makes the same block again, or the genesis block as
/// well, so that it takes another chain. Fencing numbers go on ascending.
/// </summary>
/// <remarks>Safe because the current journal is one reference, replaced between runs, and the journals guard themselves.</remarks>
public sealed class RewindingJournal : IJournal
{
    private volatile MemoryJournal _current = new();
    private ulong _fencingBase;
    private ulong _lastFencingNumber;

    /// <summary>Forgets every block after the genesis block.</summary>
    public async Task RewindAsync(CancellationToken cancellation)
    {
        var genesis = await _current.ReadBlockAsync(0, cancellation) ?? throw new InvalidOperationException("There is no genesis block to rewind to.");
        Clear();
        await AppendAsync(genesis, await TakeFencingNumberAsync(cancellation), cancellation);
    }

    /// <summary>Forgets every block.</summary>
    public void Clear() => (_fencingBase, _current) = (_lastFencingNumber, new MemoryJournal());

    public async ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) =>
        _lastFencingNumber = _fencingBase + await _current.TakeFencingNumberAsync(cancellation);

    public ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default) =>
        _current.AppendAsync(block, fencingNumber - _fencingBase, cancellation);

    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => _current.ReadChainAsync(cancellation);

    public ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) => _current.WriteChainAsync(chain, cancellation);

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => _current.ReadHeadAsync(cancellation);

    public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => _current.ReadBlockAsync(number, cancellation);

    public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => _current.ReadHashAsync(number, cancellation);

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => _current.FindBlockAsync(hash, cancellation);

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) =>
        _current.FindTransactionAsync(hash, cancellation);

    public ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
        _current.UpdatePoolAsync(admitted, removed, cancellation);

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => _current.ReadPoolAsync(cancellation);
}
