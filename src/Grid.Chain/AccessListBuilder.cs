using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>
/// Collects a <see cref="BlockAccessList"/> from what an overlay's transactions accessed, one transaction after the other. Accounts and slots
/// are known by their numbers in that overlay, so recording looks nothing up; sorting is done once at the end. One thread.
/// </summary>
public sealed class AccessListBuilder
{
    private AccountDraft[] _accounts = new AccountDraft[256];
    private SlotDraft[] _slots = new SlotDraft[256];
    private int _accountCount, _slotCount;
    private readonly List<Owned<StorageChange>> _storageChanges = [];
    private readonly List<Owned<BalanceChange>> _balances = [];
    private readonly List<Owned<NonceChange>> _nonces = [];
    private readonly List<Owned<CodeChange>> _codes = [];
    private readonly List<int> _cleared = [];

    private static readonly Bytecode NoCode = new([], Keccak256.OfEmpty);

    private readonly record struct Owned<T>(int Owner, T Change);

    private struct AccountDraft
    {
        public Address Address;
        public UInt256 BalanceBefore;
        public Hash256 CodeHashBefore, StorageRootBefore;
        public ulong NonceBefore;
        public uint ClearedAt;
        public int FirstSlot;
        public bool IsKnown, ExistedBefore, ExistsAfter;
    }

    private struct SlotDraft
    {
        public UInt256 Key, Before, Last;
        public int Account, Next;
        public uint AccessedAt;
        public bool IsKnown;
    }

    /// <summary>Forgets everything; keeps the arrays.</summary>
    public void Clear()
    {
        Array.Clear(_accounts, 0, _accountCount);
        Array.Clear(_slots, 0, _slotCount);
        _accountCount = _slotCount = 0;
        _storageChanges.Clear();
        _balances.Clear();
        _nonces.Clear();
        _codes.Clear();
        _cleared.Clear();
    }

    /// <summary>Adds all that the overlay's last transaction accessed, at this block access index.</summary>
    /// <param name="except">An account that is left out where it is unchanged: the caller of system contracts (EIP-7928).</param>
    public void Record(uint index, JournaledOverlay overlay, in Address except = default)
    {
        for (var i = 0; i < overlay.AccessedAccountCount; i++)
        {
            var access = overlay.AccessedAccount(i);
            if (access.IsChanged || except.IsZero || access.Address != except)
            {
                Add(index, in access);
            }
        }
        for (var i = 0; i < overlay.AccessedSlotCount; i++)
        {
            Add(index, overlay.AccessedSlot(i));
        }
        EndTransaction(index);
    }

    /// <summary>Adds an account that the transaction with this block access index accessed; before that transaction's slots.</summary>
    private void Add(uint index, in AccountAccess access)
    {
        var number = access.Index;
        ref var draft = ref DraftOf(number);
        if (!draft.IsKnown)
        {
            draft = new AccountDraft
            {
                Address = access.Address, IsKnown = true, FirstSlot = -1, ClearedAt = AccessListAccount.NeverCleared,
                ExistedBefore = access.ExistsBefore, NonceBefore = access.NonceBefore, BalanceBefore = access.BalanceBefore,
                CodeHashBefore = access.ExistsBefore ? access.CodeHashBefore : default,
                StorageRootBefore = access.ExistsBefore ? access.BaseStorageRoot : default,
                ExistsAfter = access.ExistsBefore,
            };
        }
        if (access.StorageCleared)
        {
            // Without storage in the base there is nothing to clear but slots that this list knows.
            if (draft.ExistedBefore && draft.StorageRootBefore != Keccak256.OfEmptyString)
            {
                draft.ClearedAt = index;
            }
            _cleared.Add(number);
        }
        if (!access.IsChanged)
        {
            return;
        }
        draft.ExistsAfter = access.ExistsAfter;
        if (access.BalanceAfter != access.BalanceBefore)
        {
            _balances.Add(new(number, new BalanceChange(index, access.BalanceAfter)));
        }
        if (access.NonceAfter != access.NonceBefore)
        {
            _nonces.Add(new(number, new NonceChange(index, access.NonceAfter)));
        }
        if (HasCodeChange(in access))
        {
            _codes.Add(new(number, new CodeChange(index, access.NewCode ?? NoCode)));
        }
    }

    /// <summary>Adds a slot that the transaction with this block access index accessed; its account is added.</summary>
    private void Add(uint index, in SlotAccess access)
    {
        var number = access.Index;
        if (number >= _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(_slots.Length * 2, number + 1));
        }
        _slotCount = Math.Max(_slotCount, number + 1);
        ref var draft = ref _slots[number];
        if (!draft.IsKnown)
        {
            ref var account = ref _accounts[access.AccountIndex];
            draft = new SlotDraft
            {
                Key = access.Slot, Before = access.Before, Last = access.Before, Account = access.AccountIndex, Next = account.FirstSlot, IsKnown = true,
            };
            account.FirstSlot = number;
        }
        draft.AccessedAt = index;
        var after = access.After;
        if (after != draft.Last)
        {
            Change(number, index, in after);
        }
    }

    /// <summary>The address of the account that the overlay knows by this number.</summary>
    public ref readonly Address AddressOf(int account) => ref _accounts[account].Address;

    /// <summary>The key of the slot that the overlay knows by this number.</summary>
    public ref readonly UInt256 KeyOf(int slot) => ref _slots[slot].Key;

    /// <summary>The number of the account whose slot it is.</summary>
    public int AccountOf(int slot) => _slots[slot].Account;

    /// <summary>The account's slots by number, the one added last first.</summary>
    public int FirstSlotOf(int account) => _accounts[account].FirstSlot;

    /// <summary>The next of an account's slots; negative after the last.</summary>
    public int NextSlot(int slot) => _slots[slot].Next;

    /// <summary>The list of everything added since the last <see cref="Clear"/>.</summary>
    public BlockAccessList Build() => Build(out _);

    /// <summary>The same, with the overlay's number of each of the list's accounts.</summary>
    public BlockAccessList Build(out int[] numbers)
    {
        var order = SortAccounts();
        numbers = order;
        var accounts = new AccessListAccount[order.Length];
        var slots = new AccessListSlot[CountSlots()];
        var storage = Runs<StorageChange>.Of(_storageChanges, _slotCount, slot => new(0, _slots[slot].Before));
        var balances = Runs<BalanceChange>.Of(_balances, _accountCount, account => new(0, _accounts[account].BalanceBefore));
        var nonces = Runs<NonceChange>.Of(_nonces, _accountCount, account => new(0, _accounts[account].NonceBefore));
        var codes = Runs<CodeChange>.Of(_codes, _accountCount, account => new(0, new Bytecode([], _accounts[account].CodeHashBefore)));
        var nextSlot = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var number = order[i];
            ref readonly var draft = ref _accounts[number];
            var start = nextSlot;
            for (var slot = draft.FirstSlot; slot >= 0; slot = _slots[slot].Next)
            {
                slots[nextSlot++] = new AccessListSlot { Key = _slots[slot].Key, Before = _slots[slot].Before, Changes = storage.Of(slot) };
            }
            slots.AsSpan(start, nextSlot - start).Sort(static (a, b) => a.Key.CompareTo(b.Key));
            accounts[i] = new AccessListAccount
            {
                Address = draft.Address, ExistedBefore = draft.ExistedBefore, NonceBefore = draft.NonceBefore, BalanceBefore = draft.BalanceBefore,
                CodeHashBefore = draft.CodeHashBefore, StorageRootBefore = draft.StorageRootBefore, ExistsAfter = draft.ExistsAfter,
                StorageClearedAt = draft.ClearedAt, Slots = new Run(start, nextSlot - start),
                Balances = balances.Of(number), Nonces = nonces.Of(number), Codes = codes.Of(number),
            };
        }
        return new BlockAccessList(accounts, slots, storage.Items, balances.Items, nonces.Items, codes.Items);
    }

    private static bool HasCodeChange(in AccountAccess access)
    {
        var before = access.ExistsBefore ? access.CodeHashBefore : Keccak256.OfEmpty;
        var after = access.ExistsAfter ? access.CodeHashAfter : Keccak256.OfEmpty;
        return before != after;
    }

    private ref AccountDraft DraftOf(int number)
    {
        if (number >= _accounts.Length)
        {
            Array.Resize(ref _accounts, Math.Max(_accounts.Length * 2, number + 1));
        }
        _accountCount = Math.Max(_accountCount, number + 1);
        return ref _accounts[number];
    }

    /// <summary>Ends the transaction: slots that earlier ones left with a value are zero now where an account's storage was cleared.</summary>
    private void EndTransaction(uint index)
    {
        foreach (var number in _cleared)
        {
            for (var slot = _accounts[number].FirstSlot; slot >= 0; slot = _slots[slot].Next)
            {
                // A slot that the transaction itself accessed is up to date.
                if (!_slots[slot].Last.IsZero && _slots[slot].AccessedAt != index)
                {
                    Change(slot, index, UInt256.Zero);
                }
            }
        }
        _cleared.Clear();
    }

    private void Change(int slot, uint index, in UInt256 value)
    {
        _slots[slot].Last = value;
        _storageChanges.Add(new(slot, new StorageChange(index, value)));
    }

    private int[] SortAccounts()
    {
        var addresses = new Address[_accountCount];
        var numbers = new int[_accountCount];
        var count = 0;
        for (var i = 0; i < _accountCount; i++)
        {
            if (_accounts[i].IsKnown)
            {
                addresses[count] = _accounts[i].Address;
                numbers[count++] = i;
            }
        }
        Array.Sort(addresses, numbers, 0, count);
        return count == numbers.Length ? numbers : numbers[..count];
    }

    private int CountSlots()
    {
        var count = 0;
        for (var i = 0; i < _slotCount; i++)
        {
            count += _slots[i].IsKnown ? 1 : 0;
        }
        return count;
    }

    /// <summary>
    /// Changes put together by their owner, each owner's in their order: a counting sort. Of several changes at one index, as steps
    /// after the last transaction may make, the last counts, unless it takes the first back.
    /// </summary>
    private readonly struct Runs<T>
        where T : struct, IIndexedChange<T>
    {
        private readonly int[] _starts;
        private readonly int[] _ends;

        private Runs(T[] items, int[] starts, int[] ends)
        {
            Items = items;
            _starts = starts;
            _ends = ends;
        }

        public T[] Items { get; }

        /// <param name="before">What an owner had before the block, as a change.</param>
        public static Runs<T> Of(List<Owned<T>> changes, int owners, Func<int, T> before)
        {
            var starts = new int[owners + 1];
            foreach (var change in changes)
            {
                starts[change.Owner + 1]++;
            }
            for (var i = 0; i < owners; i++)
            {
                starts[i + 1] += starts[i];
            }
            var items = new T[changes.Count];
            var ends = starts.AsSpan(0, owners).ToArray();
            foreach (var (owner, change) in changes)
            {
                ref var end = ref ends[owner];
                var repeats = end > starts[owner] && items[end - 1].Index == change.Index;
                items[repeats ? end - 1 : end++] = change;
                if (repeats && change.HasValueOf(end - 1 > starts[owner] ? items[end - 2] : before(owner)))
                {
                    end--;
                }
            }
            return new Runs<T>(items, starts, ends);
        }

        public Run Of(int owner) => new(_starts[owner], _ends[owner] - _starts[owner]);
    }
}
