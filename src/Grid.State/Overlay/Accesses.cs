using Grid.Primitives;
using Grid.State.Overlay;

namespace Grid.State;

/// <summary>
/// An account that a transaction accessed, with its record before and after. A view: valid until the next transaction begins,
/// and its After is final once the transaction has ended.
/// </summary>
public readonly struct AccountAccess
{
    private readonly AccountTable _accounts;

    internal AccountAccess(AccountTable accounts, int index)
    {
        _accounts = accounts;
        Index = index;
    }

    private ref readonly AccountEntry Now => ref _accounts.Entries[Index];

    private ref readonly AccountOrigin Origin => ref _accounts.Origins[Index];

    /// <summary>The account's number in this overlay: the same in all transactions until the overlay is reset, dense from 0.</summary>
    public int Index { get; }

    public ref readonly Address Address => ref Now.Address;

    /// <summary>What the transaction learned of the record. Credits alone read nothing: they commute.</summary>
    public AccountFields Reads => Now.Reads;

    /// <summary>
    /// What earlier transactions of the strand changed: the other values before are from outside of the strand.
    /// </summary>
    public AccountFields WrittenBefore => Origin.Written;

    public bool ExistsBefore => Origin.Exists;

    public bool ExistsAfter => Now.Exists;

    /// <summary>
    /// Where the transaction asked only whether there was enough (<see cref="AccountFields.Funds"/>): with this balance before it, in wei, or any
    /// larger one, it had done the same.
    /// </summary>
    public ref readonly UInt256 RequiredBalance => ref Origin.RequiredBalance;

    /// <summary>Whether the account had storage of the state below when the transaction began.</summary>
    public bool HadStorage => Origin.StorageGeneration == 0 && Origin.Base.HasStorage;

    /// <summary>What of the record is another than before the transaction.</summary>
    public AccountFields Writes => JournaledOverlay.FieldsWritten(in Now, in Origin);

    public ref readonly UInt256 BalanceBefore => ref Origin.Balance;

    public ref readonly UInt256 BalanceAfter => ref Now.Balance;

    public ulong NonceBefore => Origin.Nonce;

    public ulong NonceAfter => Now.Nonce;

    public ref readonly Hash256 CodeHashBefore => ref Origin.CodeHash;

    public ref readonly Hash256 CodeHashAfter => ref Now.CodeHash;

    /// <summary>The storage root in the state below the overlay; that of no storage where there was no account.</summary>
    public Hash256 BaseStorageRoot => Origin.Base.StorageRoot;

    /// <summary>The code after, where it differs from the code before and isn't empty.</summary>
    public Bytecode? NewCode => Now.CodeHash == Origin.CodeHash ? null : Now.Code;

    /// <summary>Whether the transaction cleared the storage: the account was destroyed, or became a new contract.</summary>
    public bool StorageCleared => Now.StorageGeneration != Origin.StorageGeneration;

    public bool IsChanged =>
        Now.Nonce != Origin.Nonce || Now.Exists != Origin.Exists || Now.Balance != Origin.Balance || Now.CodeHash != Origin.CodeHash;
}

/// <summary>A storage slot that a transaction accessed. A view, as <see cref="AccountAccess"/>.</summary>
public readonly struct SlotAccess
{
    private readonly AccountTable _accounts;
    private readonly SlotTable _slots;

    internal SlotAccess(AccountTable accounts, SlotTable slots, int index)
    {
        _accounts = accounts;
        _slots = slots;
        Index = index;
    }

    private ref readonly SlotEntry Entry => ref _slots.Entries[Index];

    /// <summary>The slot's number in this overlay: the same in all transactions until the overlay is reset, dense from 0.</summary>
    public int Index { get; }

    /// <summary>The account's number in this overlay: <see cref="AccountAccess.Index"/>.</summary>
    public int AccountIndex => Entry.Account;

    public ref readonly Address Address => ref _accounts.Entries[Entry.Account].Address;

    public ref readonly UInt256 Slot => ref Entry.Slot;

    /// <summary>Whether an earlier transaction of the strand changed the slot: if not, the value before is from outside of the strand.</summary>
    public bool WrittenBefore => Entry.WrittenBefore;

    public ref readonly UInt256 Before => ref Entry.Original;

    public UInt256 After => Entry.Generation == _accounts.Entries[Entry.Account].StorageGeneration ? Entry.Value : UInt256.Zero;

    public bool IsChanged => After != Entry.Original;
}
