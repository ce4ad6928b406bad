using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.State.Overlay;

[Flags]
internal enum AccountFlags : byte
{
    None = 0,

    /// <summary>The base was asked; without this only warmth and transient storage are known.</summary>
    Loaded = 1,

    /// <summary>The account is in the state.</summary>
    Exists = 2,

    /// <summary>EIP-161: deleted at the end of the transaction if it is empty then.</summary>
    Touched = 4,

    /// <summary>Touched in a way that a revert doesn't undo.</summary>
    TouchedForGood = 8,

    SelfDestructed = 16,

    /// <summary>A transaction of this strand that has ended changed the account or its storage.</summary>
    Written = 32,
}

/// <summary>An account as it is now.</summary>
internal struct AccountEntry
{
    public Address Address;
    public AccountFlags Flags;

    /// <summary>What the transaction at hand has read.</summary>
    public AccountFields Reads;

    /// <summary>What transactions of this strand that have ended changed.</summary>
    public AccountFields Written;

    /// <summary>The transaction in which the account was made warm.</summary>
    public int WarmTransaction;

    /// <summary>The transaction in which the account was accessed, so that its original is that transaction's.</summary>
    public int AccessTransaction;

    /// <summary>The transaction in which the account became a contract.</summary>
    public int CreatedTransaction;

    /// <summary>0 until the storage is cleared; then a number that no slot's value carries from before.</summary>
    public int StorageGeneration;

    /// <summary>The latest slot entry of this account, -1 for none.</summary>
    public int FirstSlot;

    public ulong Nonce;
    public UInt256 Balance;
    public Hash256 CodeHash;

    /// <summary>The code where it was asked for; null for none or not yet.</summary>
    public Bytecode? Code;

    public readonly bool Exists => (Flags & AccountFlags.Exists) != 0;
}

/// <summary>An account as it was: in the base, and when the transaction at hand began.</summary>
internal struct AccountOrigin
{
    public ulong Nonce;
    public UInt256 Balance;
    public Hash256 CodeHash;
    public int StorageGeneration;
    public bool Exists;
    public AccountFields Written;

    /// <summary>The smallest balance at the transaction's beginning with which all that it asked to be covered was. Wei.</summary>
    public UInt256 RequiredBalance;

    public bool BaseExists;
    public AccountRecord Base;
}

/// <summary>Accounts by address: open addressing with linear probing, nothing is ever removed but all at once.</summary>
internal sealed class AccountTable
{
    private ulong[] _places = new ulong[1024];
    private uint _generation = 1;
    private int _last;

    public AccountEntry[] Entries = new AccountEntry[512];
    public AccountOrigin[] Origins = new AccountOrigin[512];

    public int Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        _last = 0;
        if (++_generation == 0)
        {
            Array.Clear(_places);
            _generation = 1;
        }
    }

    /// <summary>The account's index, -1 where it isn't in the table. Any number of threads may ask while nothing is added.</summary>
    public int Find(in Address address)
    {
        var last = _last;
        if (last < Count && Entries[last].Address == address)
        {
            return last;
        }
        var mask = _places.Length - 1;
        for (var at = address.GetHashCode() & mask; ; at = (at + 1) & mask)
        {
            var place = _places[at];
            if ((uint)(place >> 32) != _generation)
            {
                return -1;
            }
            if (Entries[(int)(uint)place].Address == address)
            {
                return _last = (int)(uint)place;
            }
        }
    }

    /// <summary>The account's index; a new entry knows nothing but the address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(in Address address) =>
        _last < Count && Entries[_last].Address == address ? _last : FindOrAddSlow(in address);

    private int FindOrAddSlow(in Address address)
    {
        var mask = _places.Length - 1;
        var at = address.GetHashCode() & mask;
        while (true)
        {
            var place = _places[at];
            if ((uint)(place >> 32) != _generation)
            {
                break;
            }
            if (Entries[(int)(uint)place].Address == address)
            {
                return _last = (int)(uint)place;
            }
            at = (at + 1) & mask;
        }
        if (Count == Entries.Length)
        {
            Grow();
            return FindOrAddSlow(in address);
        }
        var index = Count++;
        _places[at] = ((ulong)_generation << 32) | (uint)index;
        Entries[index] = new AccountEntry { Address = address, FirstSlot = -1 };
        return _last = index;
    }

    private void Grow()
    {
        Array.Resize(ref Entries, Count * 2);
        Array.Resize(ref Origins, Count * 2);
        _places = new ulong[Count * 4];
        var mask = _places.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var at = Entries[i].Address.GetHashCode() & mask;
            while (_places[at] != 0)
            {
                at = (at + 1) & mask;
            }
            _places[at] = ((ulong)_generation << 32) | (uint)i;
        }
    }
}
