using Grid.Primitives;

namespace Grid.Grains.Load;

/// <summary>What would let the transactions that change a place run beside each other.</summary>
public enum ContentionAdvice : byte
{
    /// <summary>Nothing needs to be done: too little waits for the place.</summary>
    None,

    /// <summary>Many calls change one slot: keep what it counts in several slots, one for each caller or group of callers, and add them up where it is read.</summary>
    SplitSlot,

    /// <summary>One account sends much of the blocks, and its transactions run in the order of their nonces: send from several accounts.</summary>
    SeveralSenders,

    /// <summary>One contract creates many others, and each takes its next nonce: create with several of them.</summary>
    SeveralCreators,
}

/// <summary>
/// A slot or a nonce that several transactions of a block changed: however many lanes there are, those ran one after the other.
/// </summary>
/// <param name="Account">Whose slot or nonce it is.</param>
/// <param name="Slot">Null for the nonce.</param>
/// <param name="IsContract">Whether the account had code before the block.</param>
/// <param name="Blocks">Blocks in which it was so.</param>
/// <param name="Transactions">Transactions that changed it.</param>
/// <param name="Gas">Gas units that they used.</param>
/// <param name="Called">The contract that most of them call; null where they create one.</param>
/// <param name="Selector">The first four bytes of those calls' data; null where they are shorter.</param>
public sealed record ContendedPlace(
    Address Account, UInt256? Slot, bool IsContract, int Blocks, long Transactions, long Gas, Address? Called, uint? Selector);
