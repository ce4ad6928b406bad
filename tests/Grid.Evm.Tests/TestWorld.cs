using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>
/// A world state in dictionaries. Each change pushes its own undoing, so that a revert is exact. Slow and obvious. An address in
/// <see cref="Missing"/> isn't at hand.
/// </summary>
internal sealed class TestWorld : IWorldState
{
    internal sealed class Account
    {
        public ulong Nonce;
        public UInt256 Balance;
        public Bytecode? Code;
        public Dictionary<UInt256, UInt256> Storage = [];
        public Dictionary<UInt256, UInt256> Original = [];
        public bool IsCreated;
        public bool IsDestroyed;
        public bool IsTouched;
    }

    private readonly Stack<Action> _undo = new();
    private readonly HashSet<Address> _warmAccounts = [];
    private readonly HashSet<(Address, UInt256)> _warmSlots = [];
    private readonly Dictionary<(Address, UInt256), UInt256> _transient = [];

    public Dictionary<Address, Account> Accounts { get; } = [];

    public List<Log> Logs { get; } = [];

    public HashSet<Address> Missing { get; } = [];

    /// <summary>Reading the first account makes the second one missing.</summary>
    public Dictionary<Address, Address> MissingOnceRead { get; } = [];

    /// <summary>What was asked, in order: "code 0x…" and the like.</summary>
    public List<string> Reads { get; } = [];

    public Account Add(in Address address, UInt256 balance = default, byte[]? code = null, ulong nonce = 0)
    {
        var account = new Account { Balance = balance, Nonce = nonce, Code = code is null ? null : new Bytecode(code, Keccak256.Hash(code)) };
        Accounts[address] = account;
        return account;
    }

    /// <summary>Everything that a revert must restore, as text.</summary>
    public string Dump()
    {
        var lines = Accounts.OrderBy(pair => pair.Key).Select(pair =>
            $"{pair.Key} {pair.Value.Nonce} {pair.Value.Balance} {pair.Value.Code?.Hash} {pair.Value.IsCreated} {pair.Value.IsDestroyed} {pair.Value.IsTouched} "
            + string.Join(',', pair.Value.Storage.Where(slot => !slot.Value.IsZero).OrderBy(slot => slot.Key).Select(slot => $"{slot.Key}={slot.Value}")));
        return string.Join('\n', lines) + $"\n{Logs.Count} logs\n" + string.Join(',', _warmAccounts.Order()) + '\n' + string.Join(',', _warmSlots.Order())
            + '\n' + string.Join(',', _transient.Where(pair => !pair.Value.IsZero).OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"));
    }

    private Account Write(in Address address)
    {
        if (!Accounts.TryGetValue(address, out var account))
        {
            account = Accounts[address] = new Account();
            var key = address;
            _undo.Push(() => Accounts.Remove(key));
        }
        return account;
    }

    private bool Read(string what, in Address address)
    {
        Reads.Add($"{what} {address}");
        var isAtHand = !Missing.Contains(address);
        if (MissingOnceRead.TryGetValue(address, out var next))
        {
            Missing.Add(next);
        }
        return isAtHand;
    }

    private void Add<T>(HashSet<T> set, T item)
    {
        if (set.Add(item))
        {
            _undo.Push(() => set.Remove(item));
        }
    }

    public bool WarmAccount(in Address address)
    {
        var was = _warmAccounts.Contains(address);
        Add(_warmAccounts, address);
        return was;
    }

    public bool WarmSlot(in Address address, in UInt256 slot)
    {
        var was = _warmSlots.Contains((address, slot));
        Add(_warmSlots, (address, slot));
        return was;
    }

    public bool IsWarmAccount(in Address address) => _warmAccounts.Contains(address);

    public bool TryCovers(in Address address, in UInt256 amount, out bool covers)
    {
        var atHand = TryGetBalance(in address, out var balance);
        covers = atHand && balance >= amount;
        return atHand;
    }

    public bool TryGetBalance(in Address address, out UInt256 balance)
    {
        balance = Accounts.GetValueOrDefault(address)?.Balance ?? 0;
        return Read("balance", address);
    }

    public bool TryGetNonce(in Address address, out ulong nonce)
    {
        nonce = Accounts.GetValueOrDefault(address)?.Nonce ?? 0;
        return Read("nonce", address);
    }

    public bool TryGetCode(in Address address, out Bytecode? code)
    {
        code = Accounts.GetValueOrDefault(address)?.Code;
        return Read("code", address);
    }

    public bool TryGetCodeHash(in Address address, out Hash256 codeHash)
    {
        codeHash = Accounts.TryGetValue(address, out var account) ? account.Code?.Hash ?? Keccak256.OfEmpty : default;
        return Read("hash", address);
    }

    public bool TryExists(in Address address, out bool exists)
    {
        exists = Accounts.ContainsKey(address);
        return Read("exists", address);
    }

    public bool TryIsEmpty(in Address address, out bool empty)
    {
        empty = !Accounts.TryGetValue(address, out var account) || (account.Nonce == 0 && account.Balance.IsZero && account.Code is null);
        return Read("empty", address);
    }

    public bool TryHasStorage(in Address address, out bool hasStorage)
    {
        hasStorage = Accounts.TryGetValue(address, out var account) && account.Storage.Values.Any(value => !value.IsZero);
        return Read("storage", address);
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = Accounts.GetValueOrDefault(address)?.Storage.GetValueOrDefault(slot) ?? 0;
        return Read($"slot {slot}", address);
    }

    public bool TryGetOriginalStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = Accounts.GetValueOrDefault(address)?.Original.GetValueOrDefault(slot) ?? 0;
        return Read($"original {slot}", address);
    }

    public void SetStorage(in Address address, in UInt256 slot, in UInt256 value)
    {
        var account = Write(address);
        var (key, before) = (slot, account.Storage.GetValueOrDefault(slot));
        _undo.Push(() => account.Storage[key] = before);
        account.Storage[slot] = value;
    }

    public UInt256 GetTransient(in Address address, in UInt256 slot) => _transient.GetValueOrDefault((address, slot));

    public void SetTransient(in Address address, in UInt256 slot, in UInt256 value)
    {
        var key = (address, slot);
        var before = _transient.GetValueOrDefault(key);
        _undo.Push(() => _transient[key] = before);
        _transient[key] = value;
    }

    public bool TryTransfer(in Address from, in Address to, in UInt256 value)
    {
        Touch(Write(to));
        if (!value.IsZero && from != to)
        {
            SetBalance(Write(from), Write(from).Balance - value);
            SetBalance(Write(to), Write(to).Balance + value);
        }
        return Read("transfer", to);
    }

    private void SetBalance(Account account, UInt256 balance)
    {
        var before = account.Balance;
        _undo.Push(() => account.Balance = before);
        account.Balance = balance;
    }

    private void Touch(Account account)
    {
        var before = account.IsTouched;
        _undo.Push(() => account.IsTouched = before);
        account.IsTouched = true;
    }

    public bool TryIncrementNonce(in Address address)
    {
        var account = Write(address);
        _undo.Push(() => account.Nonce--);
        account.Nonce++;
        return Read("increment", address);
    }

    public bool TryCreateContract(in Address address, ulong nonce)
    {
        var account = Write(address);
        var (beforeNonce, beforeCode, beforeStorage, beforeCreated) = (account.Nonce, account.Code, account.Storage, account.IsCreated);
        _undo.Push(() => (account.Nonce, account.Code, account.Storage, account.IsCreated) = (beforeNonce, beforeCode, beforeStorage, beforeCreated));
        (account.Nonce, account.Code, account.Storage, account.IsCreated) = (nonce, null, [], true);
        return Read("create", address);
    }

    public bool IsCreatedInTransaction(in Address address) => Accounts.TryGetValue(address, out var account) && account.IsCreated;

    public void SetCode(in Address address, Bytecode code)
    {
        var account = Write(address);
        var before = account.Code;
        _undo.Push(() => account.Code = before);
        account.Code = code;
    }

    public bool TrySelfDestruct(in Address address)
    {
        var account = Write(address);
        var before = account.IsDestroyed;
        _undo.Push(() => account.IsDestroyed = before);
        account.IsDestroyed = true;
        SetBalance(account, 0);
        return Read("destroy", address);
    }

    public bool IsSelfDestructed(in Address address) => Accounts.TryGetValue(address, out var account) && account.IsDestroyed;

    public bool TryTouch(in Address address)
    {
        Touch(Write(address));
        return Read("touch", address);
    }

    public void AddLog(Log log)
    {
        _undo.Push(() => Logs.RemoveAt(Logs.Count - 1));
        Logs.Add(log);
    }

    public int Snapshot() => _undo.Count;

    public void Revert(int snapshot)
    {
        while (_undo.Count > snapshot)
        {
            _undo.Pop()();
        }
    }
}
