using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Overlay;

namespace Grid.State;

/// <summary>An account's record as the overlay has it at the beginning of a transaction.</summary>
public readonly record struct AccountState(bool Exists, ulong Nonce, UInt256 Balance, Hash256 CodeHash, bool HasStorage)
{
    /// <summary>EIP-161: also where there is no account.</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && CodeHash == Keccak256.OfEmpty;
}

/// <summary>What a transaction left of an account, to be set as a whole.</summary>
public readonly struct AccountOutcome
{
    public required bool Exists { get; init; }

    public required ulong Nonce { get; init; }

    /// <summary>Wei.</summary>
    public required UInt256 Balance { get; init; }

    /// <summary>Whether the code is replaced by <see cref="Code"/>.</summary>
    public bool ReplacesCode { get; init; }

    /// <summary>Null for no code.</summary>
    public Bytecode? Code { get; init; }

    /// <summary>Whether all storage goes before slots are set.</summary>
    public bool ClearsStorage { get; init; }
}

/// <summary>For what was executed elsewhere, and is known to have the same outcome here.</summary>
public partial class JournaledOverlay
{
    /// <summary>Counts as an access. Reads nothing in the sense of <see cref="AccountAccess.Reads"/>.</summary>
    public bool TryGetAccount(in Address address, out AccountState state)
    {
        state = default;
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        ref readonly var account = ref _accounts.Entries[index];
        ref readonly var origin = ref _accounts.Origins[index];
        state = new AccountState(account.Exists, account.Nonce, account.Balance, account.CodeHash, account.StorageGeneration == 0 && origin.Base.HasStorage);
        return true;
    }

    /// <summary>Makes the account what it is after a transaction; its slots are set after that.</summary>
    /// <exception cref="InvalidOperationException">The account wasn't accessed in this transaction.</exception>
    public void SetAccount(in Address address, in AccountOutcome outcome)
    {
        var index = Access(in address);
        if (index < 0)
        {
            throw new InvalidOperationException("An account that isn't at hand was set.");
        }
        ref var account = ref _accounts.Entries[index];
        SetBalance(index, outcome.Balance);
        _journal.Add(UndoKind.Nonce, index).Value = new UInt256(account.Nonce);
        account.Nonce = outcome.Nonce;
        SetFlags(index, outcome.Exists ? account.Flags | AccountFlags.Exists : account.Flags & ~AccountFlags.Exists);
        if (outcome.ReplacesCode)
        {
            ReplaceCode(index, outcome.Code, outcome.Code is { } code ? code.Hash : Keccak256.OfEmpty);
        }
        if (outcome.ClearsStorage)
        {
            _journal.Add(UndoKind.StorageGeneration, index).Number = account.StorageGeneration;
            account.StorageGeneration = ++_lastGeneration;
        }
    }
}
