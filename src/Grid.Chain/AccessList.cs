using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>A change with the index of the transaction that made it.</summary>
internal interface IIndexedChange<T>
{
    uint Index { get; }

    bool HasValueOf(T other);
}

/// <summary>A slot's value after the transaction with this block access index.</summary>
public readonly record struct StorageChange(uint Index, UInt256 Value) : IIndexedChange<StorageChange>
{
    bool IIndexedChange<StorageChange>.HasValueOf(StorageChange other) => Value == other.Value;
}

/// <summary>A balance in wei after the transaction with this block access index.</summary>
public readonly record struct BalanceChange(uint Index, UInt256 Value) : IIndexedChange<BalanceChange>
{
    bool IIndexedChange<BalanceChange>.HasValueOf(BalanceChange other) => Value == other.Value;
}

/// <summary>A nonce after the transaction with this block access index.</summary>
public readonly record struct NonceChange(uint Index, ulong Value) : IIndexedChange<NonceChange>
{
    bool IIndexedChange<NonceChange>.HasValueOf(NonceChange other) => Value == other.Value;
}

/// <summary>An account's code after the transaction with this block access index; no bytes where it was taken away.</summary>
public readonly record struct CodeChange(uint Index, Bytecode Code) : IIndexedChange<CodeChange>
{
    bool IIndexedChange<CodeChange>.HasValueOf(CodeChange other) => Code.Hash == other.Code.Hash;
}

/// <summary>A run of items in one of the list's arrays.</summary>
internal readonly record struct Run(int Start, int Count);

/// <summary>A slot that was read or written. Without changes it was only read.</summary>
public readonly struct AccessListSlot
{
    public required UInt256 Key { get; init; }

    /// <summary>The value before the block; zero in a list that was decoded from EIP-7928's form, which lacks it.</summary>
    public UInt256 Before { get; init; }

    internal Run Changes { get; init; }

    public bool IsRead => Changes.Count == 0;
}

/// <summary>An account that was read or written, with what it was before the block.</summary>
public readonly struct AccessListAccount
{
    /// <summary><see cref="StorageClearedAt"/> where the storage was never cleared.</summary>
    public const uint NeverCleared = uint.MaxValue;

    public required Address Address { get; init; }

    /// <summary>Whether the account was in the state before the block. The values before are zero in a list decoded from EIP-7928's form.</summary>
    public bool ExistedBefore { get; init; }

    public ulong NonceBefore { get; init; }

    public UInt256 BalanceBefore { get; init; }

    /// <summary>Zero where there was no account.</summary>
    public Hash256 CodeHashBefore { get; init; }

    /// <summary>Zero where there was no account.</summary>
    public Hash256 StorageRootBefore { get; init; }

    /// <summary>Whether the account is in the state after the block (before EIP-161 an empty account may be).</summary>
    public bool ExistsAfter { get; init; }

    /// <summary>
    /// The last block access index at which all of the account's storage was cleared (it was destroyed, or created over an account
    /// with storage): slots that this list doesn't name are zero since, too.
    /// </summary>
    public uint StorageClearedAt { get; init; }

    internal Run Slots { get; init; }

    internal Run Balances { get; init; }

    internal Run Nonces { get; init; }

    internal Run Codes { get; init; }

    public bool IsStorageCleared => StorageClearedAt != NeverCleared;
}

/// <summary>
/// Every account and slot that a block (or a part of it) read or wrote, with the value after each transaction (EIP-7928), the value
/// before the block, and what that form lacks: storage that was cleared as a whole, and whether an account exists before and after.
/// Block access index 0 is before the first transaction, 1 to n are the transactions, n + 1 is after the last. Accounts are in
/// the order of their addresses, slots in that of their keys. Immutable; flat arrays, so that a block of 20,000 accounts is a
/// dozen objects.
/// </summary>
public sealed partial class BlockAccessList
{
    public static readonly BlockAccessList Empty = new([], [], [], [], [], []);

    private readonly AccessListAccount[] _accounts;
    private readonly AccessListSlot[] _slots;
    private readonly StorageChange[] _storageChanges;
    private readonly BalanceChange[] _balances;
    private readonly NonceChange[] _nonces;
    private readonly CodeChange[] _codes;

    private readonly int _accountCount;

    internal BlockAccessList(
        AccessListAccount[] accounts, AccessListSlot[] slots, StorageChange[] storageChanges, BalanceChange[] balances, NonceChange[] nonces, CodeChange[] codes)
        : this(accounts, accounts.Length, slots, slots.Length, storageChanges, balances, nonces, codes)
    {
    }

    /// <summary>Of arrays that are filled up to a point; runs may leave items out.</summary>
    internal BlockAccessList(
        AccessListAccount[] accounts, int accountCount, AccessListSlot[] slots, int slotCount, StorageChange[] storageChanges, BalanceChange[] balances,
        NonceChange[] nonces, CodeChange[] codes)
    {
        _accountCount = accountCount;
        SlotCount = slotCount;
        _accounts = accounts;
        _slots = slots;
        _storageChanges = storageChanges;
        _balances = balances;
        _nonces = nonces;
        _codes = codes;
    }

    internal AccessListSlot[] SlotItems => _slots;

    internal StorageChange[] StorageChangeItems => _storageChanges;

    internal BalanceChange[] BalanceItems => _balances;

    internal NonceChange[] NonceItems => _nonces;

    internal CodeChange[] CodeItems => _codes;

    public ReadOnlySpan<AccessListAccount> Accounts => _accounts.AsSpan(0, _accountCount);

    /// <summary>How many numbers there are for the slots of all accounts together (<see cref="FirstSlotOf"/>), of which some may be unused.</summary>
    public int SlotCount { get; }

    public ReadOnlySpan<AccessListSlot> Slots(in AccessListAccount account) => _slots.AsSpan(account.Slots.Start, account.Slots.Count);

    /// <summary>Ascending by index.</summary>
    public ReadOnlySpan<StorageChange> Changes(in AccessListSlot slot) => _storageChanges.AsSpan(slot.Changes.Start, slot.Changes.Count);

    /// <summary>Ascending by index.</summary>
    public ReadOnlySpan<BalanceChange> BalanceChanges(in AccessListAccount account) => _balances.AsSpan(account.Balances.Start, account.Balances.Count);

    /// <summary>Ascending by index.</summary>
    public ReadOnlySpan<NonceChange> NonceChanges(in AccessListAccount account) => _nonces.AsSpan(account.Nonces.Start, account.Nonces.Count);

    /// <summary>Ascending by index.</summary>
    public ReadOnlySpan<CodeChange> CodeChanges(in AccessListAccount account) => _codes.AsSpan(account.Codes.Start, account.Codes.Count);

    /// <summary>The slot's value after the block.</summary>
    public UInt256 ValueAfter(in AccessListSlot slot)
    {
        var changes = Changes(in slot);
        return changes.IsEmpty ? slot.Before : changes[^1].Value;
    }

    /// <summary>The balance in wei after the block.</summary>
    public UInt256 BalanceAfter(in AccessListAccount account)
    {
        var changes = BalanceChanges(in account);
        return changes.IsEmpty ? account.BalanceBefore : changes[^1].Value;
    }

    public ulong NonceAfter(in AccessListAccount account)
    {
        var changes = NonceChanges(in account);
        return changes.IsEmpty ? account.NonceBefore : changes[^1].Value;
    }

    /// <summary>The code that the block set last; null where it set none.</summary>
    public Bytecode? CodeSet(in AccessListAccount account)
    {
        var changes = CodeChanges(in account);
        return changes.IsEmpty ? null : changes[^1].Code;
    }

    /// <summary>Whether the block left anything of the account other than it was.</summary>
    public bool IsChanged(in AccessListAccount account)
    {
        if (account.ExistedBefore != account.ExistsAfter || account.IsStorageCleared || account.Balances.Count + account.Nonces.Count + account.Codes.Count > 0)
        {
            return true;
        }
        foreach (ref readonly var slot in Slots(in account))
        {
            if (!slot.IsRead)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The place of an account, or a negative number.</summary>
    public int IndexOf(in Address address)
    {
        int low = 0, high = _accountCount - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _accounts[middle].Address.CompareTo(address);
            if (order == 0)
            {
                return middle;
            }
            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return ~low;
    }

    /// <summary>Keccak-256 of EIP-7928's RLP: the header's `block_access_list_hash`.</summary>
    public Hash256 Hash
    {
        get
        {
            var writer = RlpBuffers.Rent();
            EncodeRlp(writer);
            var hash = Keccak256.Hash(writer.Written);
            RlpBuffers.Return(writer);
            return hash;
        }
    }
}

/// <summary>What is wrong with the order or uniqueness of a decoded list.</summary>
public enum AccessListError : byte
{
    /// <summary>Another version, or not this format at all.</summary>
    UnknownVersion,

    /// <summary>Malformed bytes.</summary>
    Malformed,

    /// <summary>Accounts, slots or indices are not strictly ascending, or a slot is both read and changed.</summary>
    WrongOrder,

    /// <summary>A slot among the changes has none.</summary>
    SlotWithoutChange,
}

/// <summary>Bytes that are no block access list.</summary>
public sealed class AccessListFormatException(AccessListError error, int offset) : FormatException($"Not a block access list: {error} at byte {offset}.")
{
    public AccessListError Error { get; } = error;

    /// <summary>Bytes from the start of the input.</summary>
    public int Offset { get; } = offset;
}
