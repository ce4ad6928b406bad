using Grid.Chain;
using Grid.Crypto;
using Grid.Execution.Waves;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution;

/// <summary>
/// The state before one of a block's transactions as far as the block's own access list tells it: what isn't in the list is a state miss. A block executed
/// on it that misses nothing, and leads to the same list, has proved the list exact. One thread at a time.
/// </summary>
/// <param name="list">With the values before the block.</param>
/// <param name="parent">Gives code by hash, and the account that calls system contracts, which a list leaves out where it is unchanged (EIP-7928).</param>
/// <param name="removals">For the accounts that the list says go away in between (<see cref="BlockAccessList.RemovalsOf"/>) when, by their places; only for an index above 0.</param>
public sealed class AccessListReader(BlockAccessList list, IStateReader parent, IReadOnlyDictionary<int, uint[]>? removals = null) : IStateReader
{
    /// <summary>The root of some storage: that there is any is all that execution asks of a root.</summary>
    private static readonly Hash256 s_someStorage = Keccak256.OfEmpty;

    private readonly List<int> _places = [];
    private uint _index;

    /// <summary>The state before the block; may be replaced by one of the same state that has more of it at hand.</summary>
    public IStateReader Parent { get; set; } = parent;

    /// <summary>Finds accounts and slots faster; null where it isn't worth it.</summary>
    internal ListedPlaces? Index { get; init; }

    /// <summary>Whether something was asked for that isn't in the list, before any code wasn't at hand.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>The first code that was asked for and isn't at hand, unless the list is incomplete.</summary>
    public StateMiss? MissingCode { get; private set; }

    /// <summary>The accounts that were asked for since <see cref="MoveTo"/>, by their places in the list; negative for one that isn't there.</summary>
    internal List<int> Places => _places;

    /// <summary>Begins to read the state before the transaction with this block access index: 0, the initial one, is before the block.</summary>
    public void MoveTo(uint index)
    {
        _index = index;
        _places.Clear();
        (IsIncomplete, MissingCode) = (false, null);
    }

    public bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        var place = PlaceOf(in address);
        record = null;
        if (place < 0)
        {
            var isKnown = address == SystemContracts.SystemAddress && Parent.TryGetAccount(in address, out record);
            IsIncomplete |= !isKnown && MissingCode is null;
            _places.Add(-1);
            return isKnown;
        }
        _places.Add(place);
        ref readonly var account = ref list.Accounts[place];
        if (_index == 0)
        {
            record = account.ExistedBefore ? new AccountRecord(account.NonceBefore, account.BalanceBefore, account.StorageRootBefore, account.CodeHashBefore) : null;
            return true;
        }
        var later = new AccountRecord(list.NonceAt(in account, _index), list.BalanceAt(in account, _index), default, list.CodeHashAt(in account, _index));
        if (!later.IsEmpty)
        {
            record = later with { StorageRoot = StorageRootOf(place, in account, in later) };
        }
        return true;
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = default;
        var place = PlaceOf(in address);
        if (place >= 0 && (Index is { } index ? index.IndexOfSlot(place, in slot) : list.IndexOfSlot(in list.Accounts[place], in slot)) is var at and >= 0)
        {
            ref readonly var entry = ref list.Slots(in list.Accounts[place])[at];
            if (!list.TryGetValueAt(in entry, _index, out value) && !IsRemoved(place))
            {
                value = entry.Before;
            }
            return true;
        }
        IsIncomplete |= MissingCode is null;
        return false;
    }

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code)
    {
        if (_index > 0 && PlaceOf(in address) is var place and >= 0)
        {
            foreach (ref readonly var change in list.CodeChanges(in list.Accounts[place]))
            {
                if (change.Code.Hash == codeHash)
                {
                    code = change.Code;
                    return true;
                }
            }
        }
        if (Parent.TryGetCode(in address, in codeHash, out code))
        {
            return true;
        }
        if (!IsIncomplete)
        {
            MissingCode ??= new StateMiss(MissKind.Code, address, default, codeHash);
        }
        return false;
    }

    private int PlaceOf(in Address address) => Index is { } index ? index.IndexOf(in address) : list.IndexOf(in address);

    /// <summary>
    /// An account that a contract could still be created at (no nonce, no code) has no storage but from before the block: nobody runs code there. Of
    /// others it is enough that their slots are looked for (EIP-7610).
    /// </summary>
    private Hash256 StorageRootOf(int place, in AccessListAccount account, in AccountRecord later)
    {
        if (account is { ExistedBefore: true } && account.StorageRootBefore != Keccak256.OfEmptyString && !IsRemoved(place))
        {
            return account.StorageRootBefore;
        }
        return (later.Nonce == 0 && !later.HasCode) || list.Slots(in account).IsEmpty ? Keccak256.OfEmptyString : s_someStorage;
    }

    private bool IsRemoved(int place) => _index > 0 && removals is not null && removals.TryGetValue(place, out var indices) && indices[0] < _index;
}
