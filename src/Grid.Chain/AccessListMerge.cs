using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Grid.Primitives;
using Grid.State;

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
/// <remarks>
/// Safe on several threads because each merges a range of addresses of its own into places of the accounts' array that no other range has: as many as the parts have in
/// that range. Slots and changes are copied as the parts have them; what is merged of those is kept by the range, and put behind them at the end.
/// </remarks>
public sealed class AccessListMerge
{
    /// <summary>The fewest accounts that are worth a second thread.</summary>
    public const int AccountsWorthAThread = 1024;

    private readonly BlockAccessList[] _parts;
    private readonly Range[] _ranges;
    private readonly AccessListAccount[] _accounts;

    // For each part where its items begin among those of all parts.
    private readonly int[] _slotOffsets, _storageOffsets, _balanceOffsets, _nonceOffsets, _codeOffsets;

    // Only ever set, so that no range takes another one's refusal back.
    private volatile bool _isRefused;

    private AccessListMerge(BlockAccessList[] parts, Func<IPartConflicts> conflicts, int parallelism, int worthAThread)
    {
        _parts = parts;
        var largest = parts.MaxBy(part => part.Accounts.Length)!;
        var count = WorkRanges.RangesOf(parts.Sum(part => part.Accounts.Length), parallelism, worthAThread);
        _ranges = new Range[count];
        var from = new int[parts.Length];
        for (var i = 0; i < count; i++)
        {
            var end = WorkRanges.StartOf(i + 1, count, largest.Accounts.Length);
            var to = i + 1 < count ? StartsOf(largest.Accounts[end].Address) : Array.ConvertAll(parts, part => part.Accounts.Length);
            _ranges[i] = new Range(this, conflicts(), from, to);
            from = to;
        }
        _accounts = GC.AllocateUninitializedArray<AccessListAccount>(from.Sum());
        _slotOffsets = OffsetsOf(part => part.SlotItems.Length);
        _storageOffsets = OffsetsOf(part => part.StorageChangeItems.Length);
        _balanceOffsets = OffsetsOf(part => part.BalanceItems.Length);
        _nonceOffsets = OffsetsOf(part => part.NonceItems.Length);
        _codeOffsets = OffsetsOf(part => part.CodeItems.Length);
    }

    /// <summary>Sums of the parts before each part; the last is that of all.</summary>
    private int[] OffsetsOf(Func<BlockAccessList, int> lengthOf)
    {
        var offsets = new int[_parts.Length + 1];
        for (var i = 0; i < _parts.Length; i++)
        {
            offsets[i + 1] = offsets[i] + lengthOf(_parts[i]);
        }
        return offsets;
    }

    /// <summary>The list of all parts; null where they conflict.</summary>
    /// <param name="parts">Each block access index belongs to one part.</param>
    /// <param name="conflicts">Called for each range of addresses.</param>
    /// <param name="parallelism">How many threads may work at once.</param>
    /// <param name="worthAThread">The fewest accounts of a range; another number than the preset is for tests.</param>
    public static BlockAccessList? TryMerge(
        BlockAccessList[] parts, Func<IPartConflicts> conflicts, int parallelism, int worthAThread = AccountsWorthAThread)
    {
        var used = parts.Count(part => part.Accounts.Length > 0);
        return used == 0 ? BlockAccessList.Empty
            : used == 1 ? Array.Find(parts, part => part.Accounts.Length > 0)
            : new AccessListMerge(parts, conflicts, parallelism, worthAThread).Run(parallelism);
    }

    private BlockAccessList? Run(int parallelism)
    {
        ForRanges(parallelism, range =>
        {
            if (!range.TryMerge())
            {
                _isRefused = true;
            }
        });
        if (_isRefused)
        {
            return null;
        }
        var slots = Concatenate(_slotOffsets, part => part.SlotItems, range => range.Slots, out var slotStarts);
        var storage = Concatenate(_storageOffsets, part => part.StorageChangeItems, range => range.Storage, out var storageStarts);
        var balances = Concatenate(_balanceOffsets, part => part.BalanceItems, range => range.Balances, out var balanceStarts);
        var nonces = Concatenate(_nonceOffsets, part => part.NonceItems, range => range.Nonces, out var nonceStarts);
        var codes = Concatenate(_codeOffsets, part => part.CodeItems, range => range.Codes, out var codeStarts);
        for (var part = 0; part < _parts.Length; part++)
        {
            foreach (ref var slot in slots.AsSpan(_slotOffsets[part].._slotOffsets[part + 1]))
            {
                slot = slot with { Changes = Shift(slot.Changes, _storageOffsets[part]) };
            }
        }
        var count = 0;
        for (var i = 0; i < _ranges.Length; i++)
        {
            foreach (var place in _ranges[i].Merged)
            {
                ref var account = ref _accounts[place];
                account = account with
                {
                    Slots = Shift(account.Slots, slotStarts[i]),
                    Balances = Shift(account.Balances, balanceStarts[i]),
                    Nonces = Shift(account.Nonces, nonceStarts[i]),
                    Codes = Shift(account.Codes, codeStarts[i]),
                };
            }
            foreach (ref var slot in slots.AsSpan(slotStarts[i], _ranges[i].Slots.Count))
            {
                // Where nothing was merged these are the changes of a part.
                slot = slot.Changes.Start < 0 ? slot with { Changes = new Run(storageStarts[i] + ~slot.Changes.Start, slot.Changes.Count) } : slot;
            }
            var accounts = _ranges[i].Accounts;
            if (count != accounts.Start)
            {
                Array.Copy(_accounts, accounts.Start, _accounts, count, accounts.Count);
            }
            count += accounts.Count;
        }
        return new BlockAccessList(_accounts, count, slots, slots.Length, storage, balances, nonces, codes);
    }

    /// <summary>The items of all parts, and behind them what the ranges have merged.</summary>
    /// <param name="starts">For each range where its own begin.</param>
    private T[] Concatenate<T>(int[] offsets, Func<BlockAccessList, T[]> itemsOf, Func<Range, List<T>> mergedOf, out int[] starts)
    {
        starts = new int[_ranges.Length];
        var length = offsets[^1];
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = length;
            length += mergedOf(_ranges[i]).Count;
        }
        var items = GC.AllocateUninitializedArray<T>(length);
        for (var i = 0; i < _parts.Length; i++)
        {
            itemsOf(_parts[i]).CopyTo(items, offsets[i]);
        }
        for (var i = 0; i < starts.Length; i++)
        {
            mergedOf(_ranges[i]).CopyTo(items, starts[i]);
        }
        return items;
    }

    private static Run Shift(Run run, int offset) => new(run.Start + offset, run.Count);

    private void ForRanges(int parallelism, Action<Range> work) => WorkRanges.RunEach(_ranges.Length, parallelism, i => work(_ranges[i]));

    /// <summary>For each part the place of its first account that isn't below the address.</summary>
    private int[] StartsOf(Address address) => Array.ConvertAll(_parts, part => part.IndexOf(in address) is var place && place < 0 ? ~place : place);

    /// <summary>Addresses that one thread merges.</summary>
    private sealed class Range
    {
        private readonly AccessListMerge _whole;
        private readonly BlockAccessList[] _parts;
        private readonly IPartConflicts _conflicts;
        private readonly int[] _end;

        // For each part: its next account and the first eight bytes of its address, the place of the account at hand or -1, and of that account
        // the next slot, the end of the slots, the first limb of the next one's key, and the next change.
        private readonly int[] _next, _places, _nextSlot, _endOfSlots, _nextChange;
        private readonly ulong[] _nextPrefix, _nextLimb;
        private readonly bool[] _isIn;

        private readonly int _firstAccount;
        private int _accountsEnd;

        /// <param name="from">For each part the first account.</param>
        /// <param name="to">For each part the account after the last.</param>
        public Range(AccessListMerge whole, IPartConflicts conflicts, int[] from, int[] to)
        {
            (_whole, _parts, _conflicts) = (whole, whole._parts, conflicts);
            (_next, _end) = ([.. from], to);
            _firstAccount = _accountsEnd = from.Sum();
            _places = new int[from.Length];
            _nextSlot = new int[from.Length];
            _endOfSlots = new int[from.Length];
            _nextChange = new int[from.Length];
            _nextPrefix = new ulong[from.Length];
            _nextLimb = new ulong[from.Length];
            _isIn = new bool[from.Length];
            for (var part = 0; part < from.Length; part++)
            {
                ReadPrefix(part);
            }
        }

        /// <summary>The places of the range's accounts.</summary>
        public Run Accounts => new(_firstAccount, _accountsEnd - _firstAccount);

        /// <summary>The places of accounts that several parts have: what follows is theirs, and their runs count from its beginning.</summary>
        public List<int> Merged { get; } = [];

        /// <summary>A slot that several parts have changed has the complement of where its changes begin in <see cref="Storage"/>; another one those of its part.</summary>
        public List<AccessListSlot> Slots { get; } = [];

        public List<StorageChange> Storage { get; } = [];

        public List<BalanceChange> Balances { get; } = [];

        public List<NonceChange> Nonces { get; } = [];

        public List<CodeChange> Codes { get; } = [];

        /// <summary>False where parts conflict.</summary>
        public bool TryMerge()
        {
            while (!_whole._isRefused && Gather(out var only) is var holders && holders > 0)
            {
                if (holders == 1)
                {
                    TakeOver(only);
                }
                else if (!TryMergeAccount())
                {
                    return false;
                }
            }
            return true;
        }

        private void ReadPrefix(int part) =>
            _nextPrefix[part] = _next[part] < _end[part] ? BinaryPrimitives.ReadUInt64BigEndian(AddressOf(part).Span) : ulong.MaxValue;

        /// <summary>Finds the next address and who has it; returns how many parts do.</summary>
        /// <param name="only">The part, where one has it: its account is still its next one. Otherwise <see cref="_places"/> has the places.</param>
        private int Gather(out int only)
        {
            only = 0;
            var prefix = _nextPrefix[0];
            var isTied = false;
            for (var part = 1; part < _nextPrefix.Length; part++)
            {
                var other = _nextPrefix[part];
                if (other < prefix)
                {
                    (prefix, only, isTied) = (other, part, false);
                }
                else
                {
                    isTied |= other == prefix;
                }
            }
            if (!isTied && prefix != ulong.MaxValue)
            {
                return 1;
            }
            // Of those with the same first bytes, which as a rule are one account, the lowest.
            var first = -1;
            for (var part = 0; part < _parts.Length; part++)
            {
                if (_nextPrefix[part] == prefix && _next[part] < _end[part] && (first < 0 || AddressOf(part) < AddressOf(first)))
                {
                    first = part;
                }
            }
            if (first < 0)
            {
                return 0;
            }
            only = first;
            var address = AddressOf(first);
            var holders = 0;
            for (var part = 0; part < _parts.Length; part++)
            {
                _places[part] = _nextPrefix[part] == prefix && _next[part] < _end[part] && AddressOf(part) == address ? _next[part] : -1;
                holders += _places[part] < 0 ? 0 : 1;
            }
            return holders;
        }

        private Address AddressOf(int part) => _parts[part].Accounts[_next[part]].Address;

        private void GoOn(int part)
        {
            _next[part]++;
            ReadPrefix(part);
        }

        private void TakeOver(int part)
        {
            ref readonly var account = ref _parts[part].Accounts[_next[part]];
            _whole._accounts[_accountsEnd++] = account with
            {
                Slots = Shift(account.Slots, _whole._slotOffsets[part]),
                Balances = Shift(account.Balances, _whole._balanceOffsets[part]),
                Nonces = Shift(account.Nonces, _whole._nonceOffsets[part]),
                Codes = Shift(account.Codes, _whole._codeOffsets[part]),
            };
            GoOn(part);
        }

        private bool TryMergeAccount()
        {
            if (!_conflicts.AllowAccount(_places, out var existsAfter))
            {
                return false;
            }
            var first = Array.FindIndex(_places, place => place >= 0);
            ref readonly var account = ref _parts[first].Accounts[_places[first]];
            var start = Slots.Count;
            if (!TryMergeSlots(in account))
            {
                return false;
            }
            Merged.Add(_accountsEnd);
            _whole._accounts[_accountsEnd++] = account with
            {
                ExistsAfter = existsAfter,
                Slots = new Run(start, Slots.Count - start),
                Balances = MergeBalances(account.BalanceBefore),
                Nonces = MergeChanges(Nonces, static (list, place) => list.NonceChanges(in list.Accounts[place])),
                Codes = MergeChanges(Codes, static (list, place) => list.CodeChanges(in list.Accounts[place])),
            };
            for (var part = 0; part < _parts.Length; part++)
            {
                if (_places[part] >= 0)
                {
                    GoOn(part);
                }
            }
            return true;
        }

        /// <summary>Each part's changes are differences to what the part saw; the merged values are theirs in block order.</summary>
        private Run MergeBalances(UInt256 balance)
        {
            Array.Clear(_nextChange);
            Span<UInt256> lasts = stackalloc UInt256[_parts.Length];
            lasts.Fill(balance);
            var start = Balances.Count;
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
                    return new Run(start, Balances.Count - start);
                }
                var value = _parts[first].BalanceChanges(in _parts[first].Accounts[_places[first]])[_nextChange[first]++].Value;
                balance += value - lasts[first];
                lasts[first] = value;
                Balances.Add(new BalanceChange(index, balance));
            }
        }

        private delegate ReadOnlySpan<T> ChangesOf<T>(BlockAccessList list, int place);

        private Run MergeChanges<T>(List<T> items, ChangesOf<T> changesOf)
            where T : struct, IIndexedChange<T>
        {
            var start = items.Count;
            for (var part = 0; part < _parts.Length; part++)
            {
                if (_places[part] >= 0)
                {
                    items.AddRange(changesOf(_parts[part], _places[part]));
                }
            }
            return Sorted(items, start);
        }

        private static Run Sorted<T>(List<T> items, int start)
            where T : struct, IIndexedChange<T>
        {
            CollectionsMarshal.AsSpan(items)[start..].Sort(static (a, b) => a.Index.CompareTo(b.Index));
            return new Run(start, items.Count - start);
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
                ref readonly var slot = ref SlotOf(first);
                Slots.Add(slot with { Changes = holders == 1 || !isChanged ? Shift(slot.Changes, _whole._storageOffsets[first]) : MergeSlot(first) });
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

        private Run MergeSlot(int first)
        {
            var start = Storage.Count;
            for (var part = first; part < _parts.Length; part++)
            {
                if (_isIn[part])
                {
                    Storage.AddRange(_parts[part].Changes(in SlotOf(part)));
                }
            }
            return new Run(~start, Sorted(Storage, start).Count);
        }
    }
}
