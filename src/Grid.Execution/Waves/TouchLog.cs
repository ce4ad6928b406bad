using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>What one transaction (or step) read and left of one account's record.</summary>
internal struct AccountTouch
{
    /// <summary>The overlay's number of the account.</summary>
    public int Account;

    /// <summary>The block access index of the transaction.</summary>
    public uint Index;

    /// <summary>The touch of the same account before this one, in the same log; negative for none.</summary>
    public int Previous;

    public AccountFields Reads;
    public AccountFields Writes;
    public bool ExistsBefore, ExistsAfter, HadStorage, StorageCleared;
    public ulong NonceBefore, NonceAfter;

    /// <summary>Wei. Only their difference counts where the balance wasn't read.</summary>
    public UInt256 BalanceBefore, BalanceAfter;

    /// <summary><see cref="AccountAccess.RequiredBalance"/>, in wei.</summary>
    public UInt256 RequiredBalance;

    public Hash256 CodeHashBefore;

    /// <summary>The place in <see cref="TouchLog.Codes"/> where <see cref="Writes"/> has the code.</summary>
    public int Code;

    /// <summary>What the transaction adds to the balance, modulo 2^256.</summary>
    public readonly UInt256 BalanceDelta => BalanceAfter - BalanceBefore;
}

/// <summary>What one transaction (or step) read and left of one slot.</summary>
internal struct SlotTouch
{
    /// <summary>The overlay's number of the slot.</summary>
    public int Slot;

    public uint Index;

    /// <summary>The touch of the same slot before this one; negative for none.</summary>
    public int Previous;

    public UInt256 Before, After;
}

/// <summary>
/// What each transaction of a batch read, with the values that it saw, and what it left: enough to tell whether it would have done the same
/// on another state, and to do it there without running it. One thread at a time; arrays are kept for the next batch.
/// </summary>
internal sealed partial class TouchLog
{
    private AccountTouch[] _accounts = new AccountTouch[512];
    private SlotTouch[] _slots = new SlotTouch[512];
    private int _accountCount, _slotCount;
    private int[] _lastOfAccount = new int[256];
    private int[] _lastOfSlot = new int[256];
    private AccountFields[] _readsOfAccount = new AccountFields[256];
    private bool[] _isCleared = new bool[256];
    private int _accountNumbers, _slotNumbers;
    private readonly List<Step> _steps = [];
    private readonly List<Bytecode?> _codes = [];

    private readonly record struct Step(int Accounts, int Slots);

    /// <summary>Code that was set; null where it was taken away.</summary>
    public IReadOnlyList<Bytecode?> Codes => _codes;

    /// <summary>How many transactions (or steps) were recorded.</summary>
    public int StepCount => _steps.Count;

    public void Clear()
    {
        _accountCount = _slotCount = _accountNumbers = _slotNumbers = 0;
        _steps.Clear();
        _codes.Clear();
    }

    /// <summary>Adds all that the overlay's last transaction accessed.</summary>
    /// <param name="except">As in <see cref="AccessListBuilder.Record"/>.</param>
    public void Record(uint index, JournaledOverlay overlay, in Address except = default)
    {
        _steps.Add(new Step(_accountCount, _slotCount));
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
    }

    public ReadOnlySpan<AccountTouch> AccountsOf(int step) =>
        _accounts.AsSpan(_steps[step].Accounts, (step + 1 < _steps.Count ? _steps[step + 1].Accounts : _accountCount) - _steps[step].Accounts);

    public ReadOnlySpan<SlotTouch> SlotsOf(int step) =>
        _slots.AsSpan(_steps[step].Slots, (step + 1 < _steps.Count ? _steps[step + 1].Slots : _slotCount) - _steps[step].Slots);

    /// <summary>All that any of the transactions read of the account.</summary>
    public AccountFields ReadsOf(int account) => account < _accountNumbers ? _readsOfAccount[account] : AccountFields.None;

    /// <summary>Whether any of the transactions cleared the account's storage, if there was any or not.</summary>
    public bool IsCleared(int account) => account < _accountNumbers && _isCleared[account];

    /// <summary>The account's touches, the last first: follow <see cref="AccountTouch.Previous"/>. Negative for none.</summary>
    public int LastOfAccount(int account) => account < _accountNumbers ? _lastOfAccount[account] : -1;

    /// <summary>The slot's touches, the last first.</summary>
    public int LastOfSlot(int slot) => slot < _slotNumbers ? _lastOfSlot[slot] : -1;

    public ref readonly AccountTouch Account(int touch) => ref _accounts[touch];

    public ref readonly SlotTouch Slot(int touch) => ref _slots[touch];

    private void Add(uint index, in AccountAccess access)
    {
        ref var touch = ref NextAccount(access.Index, index);
        touch.Reads = access.Reads;
        touch.ExistsBefore = access.ExistsBefore;
        touch.ExistsAfter = access.ExistsAfter;
        touch.HadStorage = access.HadStorage;
        touch.StorageCleared = access.StorageCleared;
        touch.NonceBefore = access.NonceBefore;
        touch.NonceAfter = access.NonceAfter;
        touch.BalanceBefore = access.BalanceBefore;
        touch.BalanceAfter = access.BalanceAfter;
        touch.RequiredBalance = access.RequiredBalance;
        touch.CodeHashBefore = access.CodeHashBefore;
        touch.Writes = access.Writes;
        if ((touch.Writes & AccountFields.Code) != 0)
        {
            touch.Code = _codes.Count;
            _codes.Add(access.NewCode);
        }
        Complete(in touch);
    }

    /// <summary>A place for a touch of this account; its fields are to be set.</summary>
    private ref AccountTouch NextAccount(int number, uint index)
    {
        if (_accountCount == _accounts.Length)
        {
            Array.Resize(ref _accounts, _accountCount * 2);
        }
        while (_accountNumbers <= number)
        {
            if (_accountNumbers == _lastOfAccount.Length)
            {
                Array.Resize(ref _lastOfAccount, _accountNumbers * 2);
                Array.Resize(ref _readsOfAccount, _accountNumbers * 2);
                Array.Resize(ref _isCleared, _accountNumbers * 2);
            }
            _lastOfAccount[_accountNumbers] = -1;
            _isCleared[_accountNumbers] = false;
            _readsOfAccount[_accountNumbers++] = AccountFields.None;
        }
        ref var touch = ref _accounts[_accountCount];
        touch.Account = number;
        touch.Index = index;
        touch.Previous = _lastOfAccount[number];
        _lastOfAccount[number] = _accountCount++;
        return ref touch;
    }

    private void Complete(in AccountTouch touch)
    {
        _readsOfAccount[touch.Account] |= touch.Reads;
        _isCleared[touch.Account] |= touch.StorageCleared;
    }

    private void Add(uint index, in SlotAccess access)
    {
        ref var touch = ref NextSlot(access.Index, index);
        touch.Before = access.Before;
        touch.After = access.After;
    }

    /// <summary>A place for a touch of this slot; its values are to be set.</summary>
    private ref SlotTouch NextSlot(int number, uint index)
    {
        if (_slotCount == _slots.Length)
        {
            Array.Resize(ref _slots, _slotCount * 2);
        }
        while (_slotNumbers <= number)
        {
            if (_slotNumbers == _lastOfSlot.Length)
            {
                Array.Resize(ref _lastOfSlot, _slotNumbers * 2);
            }
            _lastOfSlot[_slotNumbers++] = -1;
        }
        ref var touch = ref _slots[_slotCount];
        touch.Slot = number;
        touch.Index = index;
        touch.Previous = _lastOfSlot[number];
        _lastOfSlot[number] = _slotCount++;
        return ref touch;
    }
}
