using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.State.Overlay;

/// <summary>A storage slot: as it is now, when the transaction at hand began, and in the base.</summary>
internal struct SlotEntry
{
    public int Account;
    public int NextOfAccount;
    public int WarmTransaction;
    public int AccessTransaction;

    /// <summary>The account's storage generation for which the value holds: under another one the value is zero.</summary>
    public int Generation;

    public bool Loaded;

    /// <summary>A transaction of this strand that has ended changed the slot.</summary>
    public bool Written;

    /// <summary><see cref="Written"/> when the transaction at hand began.</summary>
    public bool WrittenBefore;

    public UInt256 Slot;
    public UInt256 Value;
    public UInt256 Original;
    public UInt256 Base;
}

/// <summary>Words by account and slot: open addressing with linear probing, nothing is ever removed but all at once.</summary>
internal sealed class SlotTable
{
    private ulong[] _places = new ulong[1024];
    private uint _generation = 1;
    private int _last;

    public SlotEntry[] Entries = new SlotEntry[512];

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

    /// <summary>The slot's index, -1 where it isn't in the table. Any number of threads may ask while nothing is added.</summary>
    public int Find(int account, in UInt256 slot)
    {
        var last = _last;
        if (last < Count && Matches(in Entries[last], account, in slot))
        {
            return last;
        }
        var mask = _places.Length - 1;
        for (var at = HashOf(account, in slot) & mask; ; at = (at + 1) & mask)
        {
            var place = _places[at];
            if ((uint)(place >> 32) != _generation)
            {
                return -1;
            }
            if (Matches(in Entries[(int)(uint)place], account, in slot))
            {
                return _last = (int)(uint)place;
            }
        }
    }

    /// <summary>The slot's index and whether its entry is new, knowing nothing but the key.</summary>
    public int FindOrAdd(int account, in UInt256 slot, out bool isNew)
    {
        isNew = false;
        var found = Find(account, in slot);
        if (found >= 0)
        {
            return found;
        }
        if (Count == Entries.Length)
        {
            Grow();
        }
        var index = Count++;
        Put(index, HashOf(account, in slot));
        Entries[index] = new SlotEntry { Account = account, Slot = slot, NextOfAccount = -1 };
        isNew = true;
        return _last = index;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Matches(in SlotEntry entry, int account, in UInt256 slot) => entry.Account == account && entry.Slot == slot;

    private static int HashOf(int account, in UInt256 slot) => slot.GetHashCode() ^ (int)((uint)account * 0x9E3779B1U);

    private void Put(int index, int hash)
    {
        var mask = _places.Length - 1;
        var at = hash & mask;
        while ((uint)(_places[at] >> 32) == _generation)
        {
            at = (at + 1) & mask;
        }
        _places[at] = ((ulong)_generation << 32) | (uint)index;
    }

    private void Grow()
    {
        Array.Resize(ref Entries, Count * 2);
        _places = new ulong[Count * 4];
        for (var i = 0; i < Count; i++)
        {
            Put(i, HashOf(Entries[i].Account, in Entries[i].Slot));
        }
    }
}
