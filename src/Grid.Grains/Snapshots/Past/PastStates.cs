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
            return header.Number >= start
                ? new ArchivedPastState(siloHead, fetcher, codes, history, header, await siloHead.GetAsync(), _places)
                : throw new StateUnavailableException(header.Number, Math.Min(start, unavailable.Oldest));
        }
    }

    /// <summary>The oldest block whose state can be proved.</summary>
    public async ValueTask<ulong> OldestProvableAsync()
    {
        var head = (await siloHead.GetAsync()).Number;
        return head - Math.Min(head, (ulong)options.HistoryBlocks);
    }

    /// <summary>Whether the state after a block may be rebuilt from the journal.</summary>
    /// <param name="slack">Blocks by which this silo may be ahead of who asks.</param>
    internal bool IsRecent(ulong number, ulong head, int slack = 0) => head - number <= (ulong)(options.HistoryBlocks + slack);

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

    private async ValueTask<StateUnavailableException> UnavailableAsync(ulong number) => new(number, await OldestProvableAsync());

    public void Dispose() => _places.Dispose();
}
