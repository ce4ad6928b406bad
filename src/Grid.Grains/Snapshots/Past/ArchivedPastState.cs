using Grid.Chain;
using Grid.Grains.Lanes;
using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// A state from the history of values before: what the first later block that changed something found, or, where none has changed it, what a state that
/// silos keep has. Everything is fetched, once each.
/// </summary>
/// <remarks>
/// Right whatever is committed meanwhile: the kept state is chosen first, and its block was in the journal before it was shown, so a value that the history
/// then has no change of is the same in both states.
/// </remarks>
internal sealed class ArchivedPastState(
    SiloHead siloHead, StateFetcher fetcher, CodeFinder codes, IHistoryIndex history, BlockHeader header, StateView head, bool canBeProved, SemaphoreSlim place) : PastState(codes)
{
    private const int RebasesMax = 8;

    private readonly Dictionary<Address, AccountRecord?> _accounts = [];
    private readonly Dictionary<SlotKey, UInt256> _slots = [];
    private FetchedState _base = new(head);

    public override BlockHeader Header => header;

    public override bool CanBeProved => canBeProved;

    public override bool TryGetAccount(in Address address, out AccountRecord? record) => _accounts.TryGetValue(address, out record);

    public override bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value) => _slots.TryGetValue(new SlotKey(address, slot), out value);

    protected override bool TryGetCodeHere(in Address address, in Hash256 codeHash, out Bytecode? code) => _base.TryGetCode(in address, in codeHash, out code);

    protected override async Task FetchValuesAsync(Address[] accounts, SlotKey[] slots)
    {
        for (var rebases = 0; ; rebases++)
        {
            try
            {
                await FetchUnchangedAsync(await FindAccountsAsync(accounts), await FindSlotsAsync(slots));
                return;
            }
            catch (StateMovedException) when (rebases < RebasesMax)
            {
                // Or another silo hasn't heard of the head yet.
                await Task.Delay(rebases);
                _base = new FetchedState(await siloHead.GetAsync());
            }
        }
    }

    /// <summary>Takes what the history has; returns the accounts that haven't changed since.</summary>
    private async ValueTask<Address[]> FindAccountsAsync(Address[] accounts)
    {
        var unchanged = new List<Address>();
        foreach (var address in accounts.Where(address => !_accounts.ContainsKey(address)))
        {
            if (await history.FindAccountAsync(address, Number) is { } before)
            {
                _accounts[address] = before.Record;
            }
            else
            {
                unchanged.Add(address);
            }
        }
        return [.. unchanged];
    }

    /// <inheritdoc cref="FindAccountsAsync"/>
    private async ValueTask<SlotKey[]> FindSlotsAsync(SlotKey[] slots)
    {
        var unchanged = new List<SlotKey>();
        foreach (var slot in slots.Where(slot => !_slots.ContainsKey(slot)))
        {
            if (await history.FindSlotAsync(slot.Address, slot.Slot, Number) is { } before)
            {
                _slots[slot] = before;
            }
            else
            {
                unchanged.Add(slot);
            }
        }
        return [.. unchanged];
    }

    private async Task FetchUnchangedAsync(Address[] accounts, SlotKey[] slots)
    {
        Address[] missing = [.. accounts.Where(address => !_base.TryGetAccount(in address, out _))];
        SlotKey[] missingSlots = [.. slots.Where(key => !_base.TryGetStorage(key.Address, key.Slot, out _))];
        if (missing.Length + missingSlots.Length > 0)
        {
            await fetcher.FetchAsync(_base, missing, missingSlots, missing);
        }
        foreach (var address in accounts)
        {
            _accounts[address] = _base.TryGetAccount(in address, out var record) ? record : throw new StateMovedException(_base.View.Number);
        }
        foreach (var key in slots)
        {
            _slots[key] = _base.TryGetStorage(key.Address, key.Slot, out var value) ? value : throw new StateMovedException(_base.View.Number);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            place.Release();
        }
    }
}
