using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Overlay;

namespace Grid.State;

/// <summary>
/// The accounts as a strand of transactions sees them over a state that doesn't change: what earlier transactions of the strand
/// left, and what the transaction at hand does, which can be taken back to any point. The methods of the interpreter's world
/// state have its meaning and its signatures.
/// <para>
/// All memory is in flat tables that are kept for the next strand: in a steady state no access allocates. Not thread-safe: one
/// strand, one thread at a time.
/// </para>
/// </summary>
public partial class JournaledOverlay
{
    /// <summary>Some 7 MB: what a block of 10,000 transfers on cold accounts misses three times over. More are found after the fetch of these.</summary>
    private const int MaxMisses = 1 << 16;

    private readonly AccountTable _accounts = new();
    private readonly SlotTable _slots = new();
    private readonly SlotTable _transients = new();
    private readonly Journal _journal = new();
    private readonly List<Log> _logs = [];
    private readonly List<StateMiss> _misses = [];
    private int[] _accessedAccounts = new int[64];
    private int[] _accessedSlots = new int[64];
    private int _accessedAccountCount;
    private int _accessedSlotCount;
    private int _lastGeneration;

    // Counts on through resets, so that no stale mark equals it; 0 marks nothing.
    private int _transaction;

    public JournaledOverlay(IStateReader reader, OverlayRules rules)
    {
        Reader = reader;
        Rules = rules;
    }

    /// <summary>
    /// The state below. It may be replaced, between transactions, by a reader of the same state that has more of it at hand.
    /// </summary>
    public IStateReader Reader { get; set; }

    public OverlayRules Rules { get; private set; }

    /// <summary>What was asked for and wasn't at hand, in the order of asking, since the last <see cref="ClearMisses"/>.</summary>
    public IReadOnlyList<StateMiss> Misses => _misses;

    /// <summary>The logs of the transaction at hand, or of the last one, in order.</summary>
    public IReadOnlyList<Log> Logs => _logs;

    public void ClearMisses() => _misses.Clear();

    /// <summary>Forgets everything but its memory: for the next strand.</summary>
    public void Reset(IStateReader reader, OverlayRules rules)
    {
        Reader = reader;
        Rules = rules;
        _accounts.Clear();
        _slots.Clear();
        _lastGeneration = 0;
        _journal.IsOpen = false;
        _misses.Clear();
        ClearTransaction();
    }

    /// <summary>
    /// Begins a transaction, a system call or another step that has an index of its own in the block's access list: what was
    /// written before is original now, nothing is warm, transient or accessed.
    /// </summary>
    /// <exception cref="InvalidOperationException">The one before has neither ended nor been discarded.</exception>
    public void BeginTransaction()
    {
        if (_journal.IsOpen)
        {
            throw new InvalidOperationException("A transaction begins before the one before it has ended.");
        }
        _journal.IsOpen = true;
        _transaction++;
        ClearTransaction();
    }

    /// <summary>
    /// Ends the transaction: destroys the accounts that are marked, deletes touched accounts that are empty (EIP-161), and keeps
    /// what was written. Its accesses and logs can be read until the next transaction begins.
    /// </summary>
    public void EndTransaction()
    {
        ThrowUnlessInTransaction();
        for (var i = 0; i < _accessedAccountCount; i++)
        {
            EndAccount(_accessedAccounts[i]);
        }
        for (var i = 0; i < _accessedSlotCount; i++)
        {
            ref var slot = ref _slots.Entries[_accessedSlots[i]];
            ref var account = ref _accounts.Entries[slot.Account];
            var value = slot.Generation == account.StorageGeneration ? slot.Value : UInt256.Zero;
            if (value != slot.Original)
            {
                slot.Written = true;
                account.Flags |= AccountFlags.Written;
            }
        }
        _journal.Clear();
        _journal.IsOpen = false;
    }

    /// <summary>
    /// Undoes the transaction as if it had never begun: it was invalid, or state was missing. Its accesses and logs are
    /// forgotten, what was loaded stays.
    /// </summary>
    public void DiscardTransaction()
    {
        ThrowUnlessInTransaction();
        Revert(0);
        for (var i = 0; i < _accessedAccountCount; i++)
        {
            _accounts.Entries[_accessedAccounts[i]].Flags &= ~AccountFlags.TouchedForGood;
        }
        ClearTransaction();
        _journal.IsOpen = false;
    }

    private void ThrowUnlessInTransaction()
    {
        if (!_journal.IsOpen)
        {
            throw new InvalidOperationException("No transaction has begun.");
        }
    }

    private void ClearTransaction()
    {
        _journal.Clear();
        _logs.Clear();
        _accessedAccountCount = 0;
        _accessedSlotCount = 0;
        if (_transients.Count > 0)
        {
            _transients.Clear();
        }
    }

    private void EndAccount(int index)
    {
        ref var account = ref _accounts.Entries[index];
        ref readonly var origin = ref _accounts.Origins[index];
        const AccountFlags Touched = AccountFlags.Touched | AccountFlags.TouchedForGood;
        if ((account.Flags & AccountFlags.SelfDestructed) != 0)
        {
            Remove(ref account);
        }
        else if (Rules.DeleteEmptyAccounts && (account.Flags & Touched) != 0)
        {
            EndTouched(ref account, in origin);
        }
        account.Flags &= ~(Touched | AccountFlags.SelfDestructed);
        var written = FieldsWritten(in account, in origin);
        account.Written |= written;
        if (written != AccountFields.None || account.StorageGeneration != origin.StorageGeneration)
        {
            account.Flags |= AccountFlags.Written;
        }
    }

    /// <summary>
    /// EIP-161. What a touch does depends on what the account is in the end, which counts as read, but for one case: a credit leaves an account
    /// that isn't empty, whatever it was before.
    /// </summary>
    private void EndTouched(ref AccountEntry account, in AccountOrigin origin)
    {
        if (IsEmpty(in account))
        {
            account.Reads |= AccountFields.Balance | AccountFields.Nonce | AccountFields.Code | AccountFields.Existence;
            if (account.Exists)
            {
                Remove(ref account);
            }
        }
        else if (account.Balance <= origin.Balance)
        {
            account.Reads |= AccountFields.Existence;
        }
    }

    /// <summary>What of the record is another than when the transaction began.</summary>
    internal static AccountFields FieldsWritten(in AccountEntry account, in AccountOrigin origin) =>
        (account.Balance != origin.Balance ? AccountFields.Balance : AccountFields.None)
        | (account.Nonce != origin.Nonce ? AccountFields.Nonce : AccountFields.None)
        | (account.CodeHash != origin.CodeHash ? AccountFields.Code : AccountFields.None)
        | (account.Exists != origin.Exists ? AccountFields.Existence : AccountFields.None);

    private void Remove(ref AccountEntry account)
    {
        account.Flags &= ~AccountFlags.Exists;
        account.Balance = UInt256.Zero;
        account.Nonce = 0;
        account.CodeHash = Keccak256.OfEmpty;
        account.Code = null;
        account.StorageGeneration = ++_lastGeneration;
    }

    private static bool IsEmpty(in AccountEntry account) =>
        account.Nonce == 0 && account.Balance.IsZero && account.CodeHash == Keccak256.OfEmpty;

    /// <summary>The account's index after loading it and counting the access; -1 where it isn't at hand.</summary>
    private int Access(in Address address)
    {
        var index = _accounts.FindOrAdd(in address);
        return _accounts.Entries[index].AccessTransaction == _transaction || BeginAccess(index) ? index : -1;
    }

    private bool BeginAccess(int index)
    {
        ref var account = ref _accounts.Entries[index];
        ref var origin = ref _accounts.Origins[index];
        if ((account.Flags & AccountFlags.Loaded) == 0 && !Load(ref account, ref origin))
        {
            return false;
        }
        account.AccessTransaction = _transaction;
        account.Reads = AccountFields.None;
        origin.Nonce = account.Nonce;
        origin.Balance = account.Balance;
        origin.CodeHash = account.CodeHash;
        origin.StorageGeneration = account.StorageGeneration;
        origin.Exists = account.Exists;
        origin.Written = account.Written;
        origin.RequiredBalance = UInt256.Zero;
        if (_accessedAccountCount == _accessedAccounts.Length)
        {
            Array.Resize(ref _accessedAccounts, _accessedAccountCount * 2);
        }
        _accessedAccounts[_accessedAccountCount++] = index;
        return true;
    }

    private bool Load(ref AccountEntry account, ref AccountOrigin origin)
    {
        if (!Reader.TryGetAccount(in account.Address, out var record))
        {
            AddMiss(new StateMiss(MissKind.Account, account.Address, default, default));
            return false;
        }
        origin.BaseExists = record is not null;
        origin.Base = record ?? AccountRecord.Empty;
        account.Nonce = origin.Base.Nonce;
        account.Balance = origin.Base.Balance;
        account.CodeHash = origin.Base.CodeHash;
        account.Flags |= AccountFlags.Loaded | (origin.BaseExists ? AccountFlags.Exists : AccountFlags.None);
        return true;
    }

    private void AddMiss(StateMiss miss)
    {
        if (_misses.Count < MaxMisses)
        {
            _misses.Add(miss);
        }
    }
}
