using Grid.Chain;
using Grid.Grains.Lanes;
using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// A state as a later one that silos keep and what the blocks between the two changed, as it was before: the first of them that changed something
/// tells what it was. Without blocks between them it is the kept state itself.
/// </summary>
internal sealed class UndonePastState : PastState
{
    /// <summary>How often the kept state may be dropped elsewhere while something is fetched; each time a later one takes its place.</summary>
    private const int RebasesMax = 8;

    private readonly PastStates _states;
    private readonly StateFetcher _fetcher;
    private readonly SemaphoreSlim? _place;
    private FetchedState _base;
    private BlockUndo[] _undos;

    /// <param name="view">A state that is kept.</param>
    /// <param name="undos">What the blocks after this one, up to the view's, changed; ascending.</param>
    /// <param name="place">Taken by the caller, and given back when this is disposed.</param>
    public UndonePastState(
        PastStates states, StateFetcher fetcher, CodeFinder codes, BlockHeader header, StateView view, BlockUndo[] undos, SemaphoreSlim? place)
        : base(codes)
    {
        (_states, _fetcher, Header, _base, _undos, _place) = (states, fetcher, header, new FetchedState(view), undos, place);
    }

    public override BlockHeader Header { get; }

    public override bool CanBeProved => true;

    public override bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        foreach (var undo in _undos)
        {
            if (undo.TryGetAccount(in address, out record))
            {
                return true;
            }
        }
        return _base.TryGetAccount(in address, out record);
    }

    public override bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        foreach (var undo in _undos)
        {
            if (undo.TryGetStorage(in address, in slot, out value))
            {
                return true;
            }
        }
        return _base.TryGetStorage(in address, in slot, out value);
    }

    protected override bool TryGetCodeHere(in Address address, in Hash256 codeHash, out Bytecode? code) =>
        _base.TryGetCode(in address, in codeHash, out code);

    protected override async Task FetchValuesAsync(Address[] accounts, SlotKey[] slots)
    {
        for (var rebases = 0; ; rebases++)
        {
            try
            {
                // An account that is called will run its code: asking for both saves a round.
                await _fetcher.FetchAsync(_base, accounts, slots, accounts);
                return;
            }
            catch (StateMovedException) when (rebases < RebasesMax)
            {
                // Or another silo hasn't heard of the head yet.
                await Task.Delay(rebases);
                var (view, undos) = await _states.BaseAsync(Number);
                (_base, _undos) = (new FetchedState(view), undos);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _place?.Release();
        }
    }
}
