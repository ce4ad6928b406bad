using Grid.Primitives;

namespace Grid.State;

/// <summary>A storage slot before and after.</summary>
public readonly record struct SlotChange(UInt256 Slot, UInt256 Before, UInt256 After);

/// <summary>
/// What a block, or a strand of its transactions, changed in one account. Immutable.
/// </summary>
/// <param name="Address">The account.</param>
/// <param name="Before">The record before; null where there was no account.</param>
/// <param name="After">The record after; null where the account is gone. Its storage root is the one before: applying the change computes it.</param>
/// <param name="StorageCleared">Whether all storage from before is gone (destruction, or a new contract at this address): <paramref name="Slots"/> is then all there is.</param>
/// <param name="Slots">Each slot at most once, in any order; a value of zero removes it.</param>
/// <param name="NewCode">The code, where its hash differs from before and it isn't empty.</param>
public sealed record AccountChange(
    Address Address,
    AccountRecord? Before,
    AccountRecord? After,
    bool StorageCleared,
    ReadOnlyMemory<SlotChange> Slots,
    Bytecode? NewCode)
{
    /// <summary>Whether the storage isn't what it was.</summary>
    public bool ChangesStorage => StorageCleared || !Slots.IsEmpty;
}
