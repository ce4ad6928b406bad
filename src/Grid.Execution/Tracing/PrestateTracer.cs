using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Tracing;

/// <param name="WithCode">Whether the code is given, not only its hash.</param>
/// <param name="WithEmpty">Whether accounts are listed that didn't exist.</param>
public sealed record PrestateOptions(bool WithCode = true, bool WithStorage = true, bool WithEmpty = false);

/// <summary>An account before or after a transaction. What a comparison found to be unchanged is null.</summary>
/// <param name="Balance">Wei.</param>
/// <param name="CodeHash">Null where there is no code; zero where there is none any more.</param>
public sealed record PrestateAccount(UInt256? Balance, ulong? Nonce, Hash256? CodeHash, Bytecode? Code, IReadOnlyDictionary<UInt256, UInt256> Storage)
{
    /// <summary>EIP-161's sense, and nothing in the slots that are known.</summary>
    public bool IsEmpty => (Balance?.IsZero ?? true) && (Nonce ?? 0) == 0 && CodeHash is null;
}

/// <summary>What a transaction changed.</summary>
public sealed record StateDifference(IReadOnlyDictionary<Address, PrestateAccount> Before, IReadOnlyDictionary<Address, PrestateAccount> After);

/// <summary>
/// Notes the accounts and slots that a transaction may read, as geth's prestateTracer does: an opcode that fails for lack of gas or words
/// notes nothing. Their values are then taken from the states before and after. One transaction, one thread.
/// </summary>
public sealed class PrestateTracer(PrestateOptions options, TraceLimits limits) : ITracer
{
    private const byte Balance = 0x31, ExtCodeSize = 0x3b, ExtCodeCopy = 0x3c, ExtCodeHash = 0x3f, SLoad = 0x54, SStore = 0x55, SelfDestruct = 0xff;

    private readonly TraceBudget _budget = new(limits);
    private readonly Dictionary<Address, SortedSet<UInt256>> _touched = [];
    private readonly HashSet<Address> _destroyed = [];

    private Address? _recipient;

    // What the opcode at hand reads, if it can.
    private (int Depth, Address Account, UInt256? Slot)? _pending;

    public bool WantsSteps => true;

    /// <summary>Whether the limits left something out.</summary>
    public bool IsTruncated => _budget.IsExceeded;

    /// <summary>Before the transaction is executed.</summary>
    /// <param name="beneficiary">Null where it counts only if an opcode asks for it.</param>
    public void Begin(Transaction transaction, Address? beneficiary)
    {
        Touch(transaction.Sender);
        _recipient = transaction.To;
        Touch(transaction.To ?? ContractAddress.FromNonce(transaction.Sender, transaction.Nonce));
        if (beneficiary is { } address)
        {
            Touch(in address);
        }
        foreach (var authorization in transaction.AuthorizationList)
        {
            if (authorization.TryRecoverAuthority(out var authority))
            {
                Touch(in authority);
            }
        }
    }

    public void OnEnter(in FrameStart start)
    {
        Settle(isDone: true);
        Touch(start.CodeAddress);
        if (start.Depth > 0)
        {
            Touch(start.ExecutedAddress);
        }
    }

    public void OnRefuse(in FrameStart start, CallRefusal refusal)
    {
        Settle(isDone: true);
        if (start.Kind < FrameKind.Create)
        {
            Touch(start.CodeAddress);
            Touch(start.ExecutedAddress);
        }
    }

    public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output) =>
        Settle(isDone: halt.IsSuccess() || halt == Halt.Revert || _pending?.Depth != depth);

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
    {
        Touch(in beneficiary);
        _destroyed.Add(account);
    }

    public void OnStep(in Step step)
    {
        Settle(isDone: true);
        if (step.Stack.Length == 0)
        {
            return;
        }
        switch (step.Opcode)
        {
            case SLoad or SStore:
                _pending = (step.Depth, step.Recipient, step.Stack.FromTop(0));
                break;
            case Balance or ExtCodeSize or ExtCodeCopy or ExtCodeHash or SelfDestruct:
                _pending = (step.Depth, Address.FromWord(step.Stack.FromTop(0)), null);
                break;
        }
    }

    /// <summary>The accounts as they were.</summary>
    public IReadOnlyDictionary<Address, PrestateAccount> Accounts(IStateReader before)
    {
        TouchDelegate(before);
        var accounts = new Dictionary<Address, PrestateAccount>();
        foreach (var (address, slots) in _touched)
        {
            var account = Read(before, in address, slots);
            if (options.WithEmpty || !account.IsEmpty)
            {
                accounts[address] = account;
            }
        }
        return accounts;
    }

    /// <summary>Of the accounts those that changed, and of each what changed, with the whole account before.</summary>
    public StateDifference Difference(IStateReader before, IStateReader after)
    {
        TouchDelegate(before);
        var old = new Dictionary<Address, PrestateAccount>();
        var now = new Dictionary<Address, PrestateAccount>();
        foreach (var (address, slots) in _touched)
        {
            var was = Read(before, in address, slots);
            // An account that is gone has nothing afterwards, and all that it had before.
            if (_destroyed.Contains(address) && IsGone(after, in address))
            {
                AddUnlessEmpty(address, was);
                continue;
            }
            var changed = Compare(was, Read(after, in address, slots), out var oldStorage);
            if (changed is not null)
            {
                now[address] = changed;
                AddUnlessEmpty(address, was with { Storage = oldStorage });
            }
        }
        return new StateDifference(old, now);

        void AddUnlessEmpty(Address address, PrestateAccount account)
        {
            if (options.WithEmpty || !account.IsEmpty)
            {
                old[address] = account;
            }
        }
    }

    private static PrestateAccount? Compare(PrestateAccount was, PrestateAccount now, out IReadOnlyDictionary<UInt256, UInt256> oldStorage)
    {
        var before = new SortedDictionary<UInt256, UInt256>();
        var after = new SortedDictionary<UInt256, UInt256>();
        foreach (var (slot, value) in was.Storage)
        {
            var changed = now.Storage[slot];
            if (changed == value)
            {
                continue;
            }
            if (!value.IsZero)
            {
                before[slot] = value;
            }
            if (!changed.IsZero)
            {
                after[slot] = changed;
            }
        }
        oldStorage = before;
        var hasOtherCode = was.CodeHash != now.CodeHash;
        var difference = new PrestateAccount(
            was.Balance == now.Balance ? null : now.Balance,
            was.Nonce == now.Nonce ? null : now.Nonce,
            hasOtherCode ? now.CodeHash ?? default(Hash256) : null,
            hasOtherCode ? now.Code : null,
            after);
        var isUnchanged = difference is { Balance: null, Nonce: null, CodeHash: null } && before.Count == 0 && after.Count == 0;
        return isUnchanged ? null : difference;
    }

    private PrestateAccount Read(IStateReader state, in Address address, SortedSet<UInt256> slots)
    {
        Demand(state.TryGetAccount(in address, out var record));
        var storage = new SortedDictionary<UInt256, UInt256>();
        foreach (var slot in slots)
        {
            Demand(state.TryGetStorage(in address, in slot, out var value));
            storage[slot] = value;
        }
        Bytecode? code = null;
        if (record is { HasCode: true } account && options.WithCode)
        {
            Demand(state.TryGetCode(in address, account.CodeHash, out code));
        }
        Hash256? codeHash = record is { HasCode: true } ? record.Value.CodeHash : null;
        return new PrestateAccount(record?.Balance ?? UInt256.Zero, record?.Nonce ?? 0, codeHash, code, storage);
    }

    private static bool IsGone(IStateReader state, in Address address)
    {
        Demand(state.TryGetAccount(in address, out var record));
        return record is null;
    }

    private static void Demand(bool isAtHand)
    {
        if (!isAtHand)
        {
            throw new InvalidOperationException("The state that a transaction was traced on isn't at hand any more.");
        }
    }

    /// <summary>Notes what the last opcode read, when it is known whether it could.</summary>
    private void Settle(bool isDone)
    {
        if (_pending is not { } pending)
        {
            return;
        }
        _pending = null;
        if (!isDone)
        {
            return;
        }
        Touch(pending.Account);
        if (options.WithStorage && pending.Slot is { } slot && _touched.TryGetValue(pending.Account, out var slots)
            && !slots.Contains(slot) && _budget.TryTake(0))
        {
            slots.Add(slot);
        }
    }

    /// <summary>What the transaction's recipient delegated to before it; a delegation that the transaction itself makes isn't followed here.</summary>
    private void TouchDelegate(IStateReader before)
    {
        if (_recipient is not { } recipient)
        {
            return;
        }
        Demand(before.TryGetAccount(in recipient, out var record));
        if (record is { HasCode: true } account)
        {
            Demand(before.TryGetCode(in recipient, account.CodeHash, out var code));
            if (code is not null && Delegation.TryParse(code.Bytes, out var target))
            {
                Touch(in target);
            }
        }
    }

    private void Touch(in Address address)
    {
        if (!_touched.ContainsKey(address) && _budget.TryTake(0))
        {
            _touched[address] = [];
        }
    }
}
