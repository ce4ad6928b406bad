using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Overlay;

namespace Grid.State;

public partial class JournaledOverlay
{
    private static readonly Address s_ripemd = Address.FromNumber(3);

    /// <summary>Makes the account warm (EIP-2929); returns whether it was warm before. No state is read.</summary>
    public bool WarmAccount(in Address address)
    {
        var index = _accounts.FindOrAdd(in address);
        ref var account = ref _accounts.Entries[index];
        if (account.WarmTransaction == _transaction)
        {
            return true;
        }
        account.WarmTransaction = _transaction;
        _journal.Add(UndoKind.WarmAccount, index);
        return false;
    }

    /// <summary>Whether the account is warm, without making it so.</summary>
    public bool IsWarmAccount(in Address address)
    {
        var index = _accounts.Find(in address);
        return index >= 0 && _accounts.Entries[index].WarmTransaction == _transaction;
    }

    public bool TryGetBalance(in Address address, out UInt256 balance)
    {
        var index = Access(in address);
        if (index < 0)
        {
            balance = default;
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        account.Reads |= AccountFields.Balance;
        balance = account.Balance;
        return true;
    }

    /// <summary>
    /// Whether the balance is at least this amount of wei. Reads less than the balance: where it is enough, any balance that is leads to
    /// the same, so that a payment to the account by another transaction is no conflict.
    /// </summary>
    public bool TryCovers(in Address address, in UInt256 amount, out bool covers)
    {
        covers = false;
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        covers = account.Balance >= amount;
        if (!covers)
        {
            account.Reads |= AccountFields.Balance;
            return true;
        }
        ref var origin = ref _accounts.Origins[index];
        // before + (now - before) >= amount, solved for the balance before.
        UInt256 required;
        if (account.Balance <= origin.Balance)
        {
            required = amount + (origin.Balance - account.Balance);
        }
        else if (UInt256.SubtractUnderflow(in amount, account.Balance - origin.Balance, out required))
        {
            required = UInt256.Zero;
        }
        if (required > origin.RequiredBalance)
        {
            origin.RequiredBalance = required;
        }
        account.Reads |= AccountFields.Funds;
        return true;
    }

    public bool TryGetNonce(in Address address, out ulong nonce)
    {
        var index = Access(in address);
        if (index < 0)
        {
            nonce = 0;
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        account.Reads |= AccountFields.Nonce;
        nonce = account.Nonce;
        return true;
    }

    /// <summary>The code; null for none. A delegation designator (EIP-7702) is returned as it stands.</summary>
    public bool TryGetCode(in Address address, out Bytecode? code)
    {
        code = null;
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        account.Reads |= AccountFields.Code;
        if (account.Code is null && account.CodeHash != Keccak256.OfEmpty)
        {
            if (!Reader.TryGetCode(in address, in account.CodeHash, out account.Code))
            {
                AddMiss(new StateMiss(MissKind.Code, address, default, account.CodeHash));
                return false;
            }
        }
        code = account.Code;
        return true;
    }

    /// <summary>Keccak-256 of the code; the hash of no bytes for an account without code; zero where there is no account.</summary>
    public bool TryGetCodeHash(in Address address, out Hash256 codeHash)
    {
        codeHash = default;
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        account.Reads |= AccountFields.Code | AccountFields.Existence;
        if (account.Exists)
        {
            codeHash = account.CodeHash;
        }
        return true;
    }

    /// <summary>Whether the account is in the state at all, empty or not (before EIP-161 both exist).</summary>
    public bool TryExists(in Address address, out bool exists)
    {
        exists = false;
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        account.Reads |= AccountFields.Existence;
        exists = account.Exists;
        return true;
    }

    /// <summary>Whether nonce and balance are zero and there is no code (EIP-161), also where there is no account.</summary>
    public bool TryIsEmpty(in Address address, out bool empty)
    {
        empty = false;
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        account.Reads |= AccountFields.Existence;
        empty = IsEmpty(in account);
        return true;
    }

    /// <summary>
    /// Moves value from one account to another; the caller has checked the balance. Also with value zero both accounts count as
    /// touched (EIP-161), and from == to changes nothing. False when an account isn't at hand.
    /// </summary>
    /// <exception cref="InvalidOperationException">The balance is too small.</exception>
    public bool TryTransfer(in Address from, in Address to, in UInt256 value)
    {
        var source = Access(in from);
        var target = Access(in to);
        if (source < 0 || target < 0)
        {
            return false;
        }
        Touch(source);
        Touch(target);
        if (source != target && !value.IsZero)
        {
            Debit(source, in value);
            Credit(target, in value);
        }
        return true;
    }

    /// <summary>Adds to the balance, and touches the account also with an amount of zero.</summary>
    public bool TryAddBalance(in Address address, in UInt256 amount)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        Touch(index);
        if (!amount.IsZero)
        {
            Credit(index, in amount);
        }
        return true;
    }

    /// <summary>Takes from the balance, which the caller has checked, and touches the account also with an amount of zero.</summary>
    /// <exception cref="InvalidOperationException">The balance is too small.</exception>
    public bool TrySubtractBalance(in Address address, in UInt256 amount)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        Touch(index);
        if (!amount.IsZero)
        {
            Debit(index, in amount);
        }
        return true;
    }

    /// <summary>Replaces the balance: for what no transaction can do (genesis, an irregular fork, a call's overrides).</summary>
    public bool TrySetBalance(in Address address, in UInt256 balance)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        Touch(index);
        SetExists(index);
        _accounts.Entries[index].Reads |= AccountFields.Balance;
        SetBalance(index, in balance);
        return true;
    }

    /// <summary>Adds one to the nonce; the caller has checked that it isn't 2^64-1.</summary>
    public bool TryIncrementNonce(in Address address)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        SetNonce(index, _accounts.Entries[index].Nonce + 1);
        return true;
    }

    public bool TrySetNonce(in Address address, ulong nonce)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        SetNonce(index, nonce);
        return true;
    }

    /// <summary>
    /// Makes the account a new contract: its balance stays, its code is empty, its storage cleared, and it counts as created
    /// in this transaction (EIP-6780). The nonce becomes <paramref name="nonce"/> (1 from EIP-161 on, 0 before).
    /// </summary>
    public bool TryCreateContract(in Address address, ulong nonce)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        Touch(index);
        SetNonce(index, nonce);
        ReplaceCode(index, null, in Keccak256.OfEmpty);
        ref var account = ref _accounts.Entries[index];
        _journal.Add(UndoKind.StorageGeneration, index).Number = account.StorageGeneration;
        account.StorageGeneration = ++_lastGeneration;
        _journal.Add(UndoKind.Created, index).Number = account.CreatedTransaction;
        account.CreatedTransaction = _transaction;
        return true;
    }

    /// <summary>Whether the account became a contract in this transaction (EIP-6780).</summary>
    public bool IsCreatedInTransaction(in Address address)
    {
        var index = _accounts.Find(in address);
        return index >= 0 && _accounts.Entries[index].CreatedTransaction == _transaction;
    }

    /// <exception cref="InvalidOperationException">The account wasn't read in this transaction.</exception>
    public void SetCode(in Address address, Bytecode code)
    {
        var index = Access(in address);
        if (index < 0)
        {
            throw new InvalidOperationException("The code of an account that isn't at hand was set.");
        }
        SetExists(index);
        ReplaceCode(index, code.Length == 0 ? null : code, code.Hash);
    }

    /// <summary>
    /// Marks the account for destruction at the end of the transaction and sets its balance to zero. What happens to the
    /// balance and whether destruction is allowed (EIP-6780) is the interpreter's business, before the call.
    /// </summary>
    public bool TrySelfDestruct(in Address address)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        SetBalance(index, in UInt256.Zero);
        SetFlags(index, _accounts.Entries[index].Flags | AccountFlags.SelfDestructed);
        return true;
    }

    /// <summary>Whether the account is marked for destruction in this transaction.</summary>
    public bool IsSelfDestructed(in Address address)
    {
        var index = _accounts.Find(in address);
        return index >= 0 && (_accounts.Entries[index].Flags & AccountFlags.SelfDestructed) != 0;
    }

    /// <summary>
    /// Marks the account as touched (EIP-161): it is deleted at the end of the transaction if it is empty then. Before EIP-161 it
    /// exists from now on.
    /// </summary>
    public bool TryTouch(in Address address)
    {
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        Touch(index);
        return true;
    }

    private void Touch(int index)
    {
        ref var account = ref _accounts.Entries[index];
        if (!Rules.DeleteEmptyAccounts)
        {
            SetExists(index);
            return;
        }
        if ((account.Flags & AccountFlags.Touched) == 0)
        {
            if (Rules.RipemdTouchSurvivesRevert && account.Address == s_ripemd)
            {
                account.Flags |= AccountFlags.TouchedForGood;
            }
            SetFlags(index, account.Flags | AccountFlags.Touched);
        }
    }

    private void SetExists(int index)
    {
        ref var account = ref _accounts.Entries[index];
        if (!account.Exists)
        {
            SetFlags(index, account.Flags | AccountFlags.Exists);
        }
    }

    private void SetFlags(int index, AccountFlags flags)
    {
        ref var account = ref _accounts.Entries[index];
        _journal.Add(UndoKind.Flags, index).Number = (int)account.Flags;
        account.Flags = flags;
    }

    private void Credit(int index, in UInt256 amount)
    {
        SetExists(index);
        var balance = _accounts.Entries[index].Balance + amount;
        SetBalance(index, in balance);
    }

    private void Debit(int index, in UInt256 amount)
    {
        if (UInt256.SubtractUnderflow(in _accounts.Entries[index].Balance, in amount, out var balance))
        {
            throw new InvalidOperationException("More was taken from a balance than there is.");
        }
        SetBalance(index, in balance);
    }

    private void SetBalance(int index, in UInt256 balance)
    {
        ref var account = ref _accounts.Entries[index];
        _journal.Add(UndoKind.Balance, index).Value = account.Balance;
        account.Balance = balance;
    }

    private void SetNonce(int index, ulong nonce)
    {
        SetExists(index);
        ref var account = ref _accounts.Entries[index];
        _journal.Add(UndoKind.Nonce, index).Value = new UInt256(account.Nonce);
        account.Nonce = nonce;
    }

    private void ReplaceCode(int index, Bytecode? code, in Hash256 codeHash)
    {
        ref var account = ref _accounts.Entries[index];
        ref var undo = ref _journal.Add(UndoKind.Code, index);
        undo.Value = account.CodeHash.ToWord();
        undo.Code = account.Code;
        account.Code = code;
        account.CodeHash = codeHash;
    }
}
