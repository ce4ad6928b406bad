using Grid.Grains.Lanes.Guests;
using Grid.Grains.Messages;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes;

/// <summary>
/// A silo's view of the state after a block, and what was fetched of the rest from other silos. One user at a time: a lane
/// reads, and between its runs the grain adds.
/// </summary>
public sealed class FetchedState(StateView view) : IStateReader, IWarmableState
{
    private readonly Dictionary<Address, AccountRecord?> _accounts = [];
    private readonly Dictionary<SlotKey, UInt256> _slots = [];
    private readonly Dictionary<Hash256, Bytecode> _codes = [];

    public StateView View => view;

    /// <summary>Whether an account's record is at hand.</summary>
    public bool Has(in Address address) => view.IsHere(in address) || _accounts.ContainsKey(address);

    /// <summary>Whether a slot's value is at hand.</summary>
    public bool Has(in SlotKey key) => view.IsHere(key.Address) || _slots.ContainsKey(key);

    public void Warm(ReadOnlySpan<Address> addresses) => view.Warm(addresses);

    public bool TryGetAccount(in Address address, out AccountRecord? record) =>
        view.TryGetAccount(in address, out record) || _accounts.TryGetValue(address, out record);

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value) =>
        view.TryGetStorage(in address, in slot, out value) || _slots.TryGetValue(new SlotKey(address, slot), out value);

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code) =>
        view.TryGetCode(in address, in codeHash, out code) || _codes.TryGetValue(codeHash, out code);

    /// <summary>Adds what came with batches.</summary>
    internal void Add(SentState sent)
    {
        _accounts.EnsureCapacity(sent.Accounts.Count);
        foreach (var (address, record) in sent.Accounts)
        {
            _accounts[address] = record;
        }
        _slots.EnsureCapacity(sent.Slots.Count);
        foreach (var (key, value) in sent.Slots)
        {
            _slots[key] = value;
        }
    }

    public void Add(StateQuery query, StateValues values)
    {
        for (var i = 0; i < query.Accounts.Length; i++)
        {
            _accounts[query.Accounts[i]] = values.Accounts[i];
        }
        for (var i = 0; i < query.Slots.Length; i++)
        {
            _slots[query.Slots[i]] = values.Slots[i];
        }
        foreach (var code in values.Codes)
        {
            if (code is not null)
            {
                _codes[code.Hash] = code;
            }
        }
    }
}
