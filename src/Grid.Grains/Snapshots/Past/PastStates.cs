using Grid.Chain;
using Grid.Grains.Lanes;
using Grid.Grains.Reader;
using Grid.Storage;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// Opens the state after any block that can be read: one that silos keep, or one of the <see cref="GridOptions.HistoryBlocks"/> before the head, which is
/// rebuilt from the journal, or, where a history of values before is kept, an older one.
/// </summary>
/// <remarks>Safe because all that is kept here is the number of free places, which a semaphore counts.</remarks>
public sealed class PastStates(
    GridOptions options, SiloSnapshot snapshot, SiloHead siloHead, BlockCache blocks, UndoCache undos, StateFetcher fetcher, CodeFinder codes,
    IHistoryIndex history) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.PastReadersMax);

    /// <param name="number">The height of a committed block, not above the head.</param>
    /// <exception cref="StateUnavailableException">The block is too old.</exception>
    public async ValueTask<PastState> OpenAsync(ulong number)
    {
        if (snapshot.At(number) is { } kept)
        {
            return new UndonePastState(this, fetcher, codes, kept.Header, kept, [], place: null);
        }
        var block = await blocks.GetAsync(number) ?? throw await UnavailableAsync(number);
        await _places.WaitAsync();
        try
        {
            return await OpenAsync(block.Block.Header);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    /// <summary>From the journal where that reaches back so far, else from the history.</summary>
    private async ValueTask<PastState> OpenAsync(BlockHeader header)
    {
        try
        {
            var (view, between) = await BaseAsync(header.Number);
            return new UndonePastState(this, fetcher, codes, header, view, between, _places);
        }
        catch (StateUnavailableException unavailable)
        {
            if (await history.ReadStartAsync() is not { } start)
            {
                throw;
            }
            if (header.Number < start)
            {
                throw new StateUnavailableException(header.Number, Math.Min(start, unavailable.Oldest));
            }
            var head = await siloHead.GetAsync();
            return new ArchivedPastState(siloHead, fetcher, codes, history, header, head, canBeProved: IsInReach(header.Number, head.Number, slack: 0), _places);
        }
    }

    /// <summary>The oldest block whose state can be proved.</summary>
    public async ValueTask<ulong> OldestProvableAsync()
    {
        var recent = await OldestRecentAsync();
        var head = (await siloHead.GetAsync()).Number;
        return await history.ReadStartAsync() is { } start ? Math.Min(recent, Math.Max(start, head - Math.Min(head, (ulong)options.ArchiveProofBlocks))) : recent;
    }

    /// <summary>Whether the state after a block may be rebuilt from the journal.</summary>
    /// <param name="slack">Blocks by which this silo may be ahead of who asks.</param>
    internal bool IsRecent(ulong number, ulong head, int slack = 0) => head - number <= (ulong)(options.HistoryBlocks + slack);

    /// <summary>Whether the tries after an older block may be made again: those of an archive, some way back.</summary>
    /// <inheritdoc cref="IsRecent"/>
    internal async ValueTask<bool> IsArchivedAsync(ulong number, ulong head, int slack) =>
        IsInReach(number, head, slack) && await history.ReadStartAsync() is { } start && number >= start;

    /// <summary>The head's state, and what the blocks from the one after this number up to the head changed.</summary>
    /// <exception cref="StateUnavailableException">The block is too old.</exception>
    internal async ValueTask<(StateView View, BlockUndo[] Between)> BaseAsync(ulong number)
    {
        var head = await siloHead.GetAsync();
        if (head.Number < number || !IsRecent(number, head.Number))
        {
            throw await UnavailableAsync(number);
        }
        return (head, head.Number == number ? [] : await BetweenAsync(number, head.Number));
    }

    /// <summary>What the blocks after one number, up to another, changed.</summary>
    /// <exception cref="StateUnavailableException">One of them took away more storage than the journal keeps.</exception>
    internal async ValueTask<BlockUndo[]> BetweenAsync(ulong number, ulong last)
    {
        var between = await undos.ReadAsync(number + 1, last);
        return Array.FindLast(between, undo => !undo.IsComplete) is { } incomplete
            ? throw new StateUnavailableException(number, incomplete.Number)
            : between;
    }

    private bool IsInReach(ulong number, ulong head, int slack) => head - number <= (ulong)(options.ArchiveProofBlocks + slack);

    private async ValueTask<ulong> OldestRecentAsync()
    {
        var head = (await siloHead.GetAsync()).Number;
        return head - Math.Min(head, (ulong)options.HistoryBlocks);
    }

    private async ValueTask<StateUnavailableException> UnavailableAsync(ulong number) => new(number, await OldestRecentAsync());

    public void Dispose() => _places.Dispose();
}
