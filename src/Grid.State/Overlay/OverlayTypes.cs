using Grid.Primitives;

namespace Grid.State;

/// <summary>The rules of a fork that the overlay has to know.</summary>
/// <param name="DeleteEmptyAccounts">
/// EIP-161 (Spurious Dragon): a touched account that is empty at the end of the transaction is deleted. Without it touching creates
/// an account.
/// </param>
/// <param name="RipemdTouchSurvivesRevert">
/// The touch of address 3 isn't undone by a revert: what the clients of the time did in block 2,675,119 of Mainnet is law
/// (EIP-161, addendum; geth's journal, touchChange).
/// </param>
public readonly record struct OverlayRules(bool DeleteEmptyAccounts = true, bool RipemdTouchSurvivesRevert = true);

/// <summary>What kind of state was missing.</summary>
public enum MissKind : byte
{
    Account,
    Storage,
    Code,
}

/// <summary>State that was asked for and isn't at hand.</summary>
/// <param name="Slot">For storage the slot.</param>
/// <param name="CodeHash">For code its hash.</param>
public readonly record struct StateMiss(MissKind Kind, Address Address, UInt256 Slot, Hash256 CodeHash);

/// <summary>Parts of an account's record.</summary>
[Flags]
public enum AccountFields : byte
{
    None = 0,
    Balance = 1,
    Nonce = 2,
    Code = 4,

    /// <summary>Whether it exists; as something that was read also whether it is empty, which depends on all fields.</summary>
    Existence = 8,

    /// <summary>Whether it has any storage that isn't zero (EIP-7610). Read only.</summary>
    Storage = 16,

    /// <summary>That the balance is enough for something, whatever it is (<see cref="AccountAccess.RequiredBalance"/>). Read only.</summary>
    Funds = 32,
}
