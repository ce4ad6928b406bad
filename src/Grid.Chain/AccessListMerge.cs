using System.Buffers.Binary;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Decides whether parts of a block that accessed the same account or slot may stand as they are, beside each other.</summary>
public interface IPartConflicts
{
    /// <summary>Whether each part would have done the same after all that comes before it in the block.</summary>
    /// <param name="places">For each part the account's place in the part's list, negative where it isn't there; two or more are.</param>
    /// <param name="existsAfter">Whether the account is in the state after the block.</param>
    bool AllowAccount(ReadOnlySpan<int> places, out bool existsAfter);

    /// <summary>The same for a slot that at least one of several parts changed.</summary>
    /// <param name="isIn">For each part whether it accessed the slot.</param>
    bool AllowSlot(in Address address, in UInt256 key, ReadOnlySpan<bool> isIn);
}

/// <summary>
/// Puts the access lists of a block's parts together, each of which was made over the state before the block: by address, then by key, in
/// one pass. What is in one part only is taken over as it is. One use.
/// </summary>
public sealed class AccessListMerge
{
    private readonly BlockAccessList[] _parts;
    private readonly IPartConflicts _conflicts;
    private readonly AccessListAccount[] _accounts;
    private readonly AccessListSlot[] _slots;
    private readonly int[] _storageOffsets, _balanceOffsets, _nonceOffsets, _codeOffsets;
    private StorageChange[] _storage;
    private BalanceChange[] _balances;
    private NonceChange[] _nonces;
    private CodeChange[] _codes;
    private int _accountCount, _slotCount, _storageCount, _balanceCount, _nonceCount, _codeCount;

    // For each part: its next account and the first eight bytes of its address, the place of the account at hand or -1, and of that account
    // the next slot, the end of the slots, the first limb of the next one's key, and the next change.
    private readonly int[] _next, _places, _nextSlot, _endOfSlots, _nextChange;
    private readonly ulong[] _nextPrefix, _nextLimb;
    private readonly bool[] _isIn;

    private AccessListMerge(BlockAccessList[] parts, IPartConflicts conflicts)
    {
        _parts = parts;
        _conflicts = conflicts;
        _next = new int[parts.Length];
        _places = new int[parts.Length];
        _nextSlot = new int[parts.Length];
        _endOfSlots = new int[parts.Length];
        _nextChange = new int[parts.Length];
        _nextPrefix = new ulong[parts.Length];
        _nextLimb = new ulong[parts.Length];
        _isIn = new bool[parts.Length];
        _accounts = new AccessListAccount[parts.Sum(part => part.Accounts.Length)];
        _slots = new AccessListSlot[parts.Sum(part => part.SlotCount)];
        // Changes are copied as they stand; merged ones follow them.
        (_storage, _storageOffsets) = Concatenate(parts, part => part.StorageChangeItems);
        (_balances, _balanceOffsets) = Concatenate(parts, part => part.BalanceItems);
        (_nonces, _nonceOffsets) = Concatenate(parts, part => part.NonceItems);
        (_codes, _codeOffsets) = Concatenate(parts, part => part.CodeItems);
        _storageCount = _storage.Length;
        _balanceCount = _balances.Length;
        _nonceCount = _nonces.Length;
        _codeCount = _codes.Length;
        for (var part = 0; part < parts.Length; part++)
        {
            ReadPrefix(part);
        }
    }

    /// <summary>The list of all parts; null where they conflict.</summary>
    /// <param name="parts">Each block access index belongs to one part.</param>
    public static BlockAccessList? TryMerge(BlockAccessList[] parts, IPartConflicts conflicts)
    {
        var used = parts.Count(part => part.Accounts.Length > 0);
        return used == 0 ? BlockAccessList.Empty
            : used == 1 ? Array.Find(parts, part => part.Accounts.Length > 0)
            : new AccessListMerge(parts, conflicts).Run();
    }

    private BlockAccessList? Run()
    {
        while (Gather() is var holders && holders > 0)
        {
            if (holders == 1)
            {
                TakeOver(Array.FindIndex(_places, place => place >= 0));
            }
            else if (!TryMergeAccount())
            {
                return null;
            }
        }
        return new BlockAccessList(_accounts, _accountCount, _slots, _slotCount, _storage, _balances, _nonces, _codes);
    }

    private void ReadPrefix(int part)
    {
        var accounts = _parts[part].Accounts;
        _nextPrefix[part] = _next[part] < accounts.Length ? BinaryPrimitives.ReadUInt64BigEndian(accounts[_next[part]].Address.Span) : ulong.MaxValue;
    }

    /// <summary>Finds the next address and who has it; returns how many parts do.</summary>
    private int Gather()
    {
        var prefix = _nextPrefix[0];
        for (var part = 1; part < _parts.Length; part++)
        {
            prefix = Math.Min(prefix, _nextPrefix[part]);
        }
        // Of those with the same first bytes, which as a rule are one account, the lowest.
        var first = -1;
        for (var part = 0; part < _parts.Length; part++)
        {
            if (_nextPrefix[part] == prefix && _next[part] < _parts[part].Accounts.Length
                && (first < 0 || AddressOf(part) < AddressOf(first)))
            {
                first = part;
            }
        }
        if (first < 0)
        {
            return 0;
        }
        var address = AddressOf(first);
        var holders = 0;
        for (var part = 0; part < _parts.Length; part++)
        {
            _places[part] = -1;
            if (_nextPrefix[part] == prefix && _next[part] < _parts[part].Accounts.Length && AddressOf(part) == address)
            {
                _places[part] = _next[part]++;
                ReadPrefix(part);
                holders++;
            }
        }
        return holders;
    }

    private Address AddressOf(int part) => _parts[part].Accounts[_next[part]].Address;

    private void TakeOver(int part)
    {
        ref readonly var account = ref _parts[part].Accounts[_places[part]];
        var start = _slotCount;
        foreach (ref readonly var slot in _parts[part].Slots(in account))
        {
            _slots[_slotCount++] = TakenOver(part, in slot);
        }
        _accounts[_accountCount++] = account with
        {
            Slots = new Run(start, _slotCount - start),
            Balances = Shift(account.Balances, _balanceOffsets[part]),
            Nonces = Shift(account.Nonces, _nonceOffsets[part]),
            Codes = Shift(account.Codes, _codeOffsets[part]),
        };
    }

    private AccessListSlot TakenOver(int part, in AccessListSlot slot) => slot with { Changes = Shift(slot.Changes, _storageOffsets[part]) };

    private static Run Shift(Run run, int offset) => new(run.Start + offset, run.Count);

    private bool TryMergeAccount()
    {
        if (!_conflicts.AllowAccount(_places, out var existsAfter))
        {
            return false;
        }
        var first = Array.FindIndex(_places, place => place >= 0);
        ref readonly var account = ref _parts[first].Accounts[_places[first]];
        var start = _slotCount;
        if (!TryMergeSlots(in account))
        {
            return false;
        }
        _accounts[_accountCount++] = account with
        {
            ExistsAfter = existsAfter,
            Slots = new Run(start, _slotCount - start),
            Balances = MergeBalances(account.BalanceBefore),
            Nonces = MergeChanges(ref _nonces, ref _nonceCount, part => _parts[part].NonceChanges(in _parts[part].Accounts[_places[part]]).ToArray()),
            Codes = MergeChanges(ref _codes, ref _codeCount, part => _parts[part].CodeChanges(in _parts[part].Accounts[_places[part]]).ToArray()),
        };
        return true;
    }

    /// <summary>Each part's changes are differences to what the part saw; the merged values are theirs in block order.</summary>
    private Run MergeBalances(UInt256 balance)
    {
        Array.Clear(_nextChange);
        var before = balance;
        Span<UInt256> lasts = stackalloc UInt256[_parts.Length];
        lasts.Fill(before);
        var start = _balanceCount;
        while (true)
        {
            var first = -1;
            uint index = 0;
            for (var part = 0; part < _parts.Length; part++)
            {
                if (_places[part] < 0)
                {
                    continue;
                }
                var changes = _parts[part].BalanceChanges(in _parts[part].Accounts[_places[part]]);
                if (_nextChange[part] < changes.Length && (first < 0 || changes[_nextChange[part]].Index < index))
                {
                    (first, index) = (part, changes[_nextChange[part]].Index);
                }
            }
            if (first < 0)
            {
                return new Run(start, _balanceCount - start);
            }
            var value = _parts[first].BalanceChanges(in _parts[first].Accounts[_places[first]])[_nextChange[first]++].Value;
            balance += value - lasts[first];
            lasts[first] = value;
            Append(ref _balances, ref _balanceCount, new BalanceChange(index, balance));
        }
    }

    private Run MergeChanges<T>(ref T[] items, ref int count, Func<int, T[]> changesOf)
        where T : struct, IIndexedChange<T>
    {
        var merged = new List<T>();
        for (var part = 0; part < _parts.Length; part++)
        {
            if (_places[part] >= 0)
            {
                merged.AddRange(changesOf(part));
            }
        }
        merged.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        var start = count;
        foreach (var change in merged)
        {
            Append(ref items, ref count, change);
        }
        return new Run(start, count - start);
    }

    private static void Append<T>(ref T[] items, ref int count, T item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, Math.Max(64, count * 2));
        }
        items[count++] = item;
    }

    private bool TryMergeSlots(in AccessListAccount account)
    {
        for (var part = 0; part < _parts.Length; part++)
        {
            var run = _places[part] < 0 ? default : _parts[part].Accounts[_places[part]].Slots;
            (_nextSlot[part], _endOfSlots[part]) = (run.Start, run.Start + run.Count);
            ReadLimb(part);
        }
        while (GatherSlot(out var first, out var isChanged) is var holders && holders > 0)
        {
            if (holders > 1 && isChanged && !_conflicts.AllowSlot(account.Address, SlotOf(first).Key, _isIn))
            {
                return false;
            }
            _slots[_slotCount++] = holders == 1 || !isChanged ? TakenOver(first, in SlotOf(first)) : MergeSlot(first);
            for (var part = first; part < _parts.Length; part++)
            {
                if (_isIn[part])
                {
                    _nextSlot[part]++;
                    ReadLimb(part);
                }
            }
        }
        return true;
    }

    private void ReadLimb(int part) => _nextLimb[part] = _nextSlot[part] < _endOfSlots[part] ? SlotOf(part).Key.U3 : ulong.MaxValue;

    /// <summary>Finds the account's next slot and who has it; returns how many parts do.</summary>
    private int GatherSlot(out int first, out bool isChanged)
    {
        var limb = _nextLimb[0];
        for (var part = 1; part < _parts.Length; part++)
        {
            limb = Math.Min(limb, _nextLimb[part]);
        }
        first = -1;
        for (var part = 0; part < _parts.Length; part++)
        {
            if (_nextLimb[part] == limb && _nextSlot[part] < _endOfSlots[part] && (first < 0 || SlotOf(part).Key < SlotOf(first).Key))
            {
                first = part;
            }
        }
        isChanged = false;
        var holders = 0;
        for (var part = 0; part < _parts.Length && first >= 0; part++)
        {
            _isIn[part] = _nextLimb[part] == limb && _nextSlot[part] < _endOfSlots[part] && SlotOf(part).Key == SlotOf(first).Key;
            if (_isIn[part])
            {
                isChanged |= !SlotOf(part).IsRead;
                holders++;
            }
        }
        return holders;
    }

    private ref readonly AccessListSlot SlotOf(int part) => ref _parts[part].SlotItems[_nextSlot[part]];

    private AccessListSlot MergeSlot(int first)
    {
        var start = _storageCount;
        for (var part = 0; part < _parts.Length; part++)
        {
            if (_isIn[part])
            {
                foreach (ref readonly var change in _parts[part].Changes(in SlotOf(part)))
                {
                    Append(ref _storage, ref _storageCount, change);
                }
            }
        }
        _storage.AsSpan(start, _storageCount - start).Sort(static (a, b) => a.Index.CompareTo(b.Index));
        return SlotOf(first) with { Changes = new Run(start, _storageCount - start) };
    }

    private static (T[] Items, int[] Offsets) Concatenate<T>(BlockAccessList[] parts, Func<BlockAccessList, T[]> itemsOf)
    {
        var offsets = new int[parts.Length];
        var total = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            offsets[i] = total;
            total += itemsOf(parts[i]).Length;
        }
        var items = new T[total];
        for (var i = 0; i < parts.Length; i++)
        {
            itemsOf(parts[i]).CopyTo(items, offsets[i]);
        }
        return (items, offsets);
    }
}
