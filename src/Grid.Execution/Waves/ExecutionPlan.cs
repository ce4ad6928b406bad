using Grid.Primitives;

namespace Grid.Execution.Waves;

/// <summary>Why a block, or the rest of it, is executed as one strand.</summary>
public enum FallbackReason : byte
{
    /// <summary>It isn't.</summary>
    None,

    /// <summary>There is but one lane.</summary>
    OneLane,

    /// <summary>The block is too small to gain anything.</summary>
    Small,

    /// <summary>Nearly all of it is one strand by the plan.</summary>
    Serial,

    /// <summary>Receipts before Byzantium hold the state root after their transaction.</summary>
    ReceiptsWithRoots,

    /// <summary>What was executed doesn't fit together: transactions are looked at one by one, and some are executed again.</summary>
    Conflict,

    /// <summary>A transaction can't be in the block at its place, or the block's room ends: who comes after it depends on it.</summary>
    Rejection,
}

/// <summary>Transactions that one lane executes in block order.</summary>
/// <param name="Members">Their places in the block, ascending.</param>
/// <param name="Gas">Gas units that they are expected to use.</param>
/// <param name="Anchor">For a strand of its own the account that owns most of what it writes.</param>
/// <param name="Site">Who has most of what it needs.</param>
internal sealed record PlannedBatch(int[] Members, ulong Gas, Address? Anchor, int Site);

/// <summary>How a block is executed.</summary>
internal sealed record ExecutionPlan
{
    public FallbackReason Fallback { get; init; }

    public PlannedBatch[] Batches { get; init; } = [];

    /// <summary>Groups of transactions that are tied.</summary>
    public int Strands { get; init; }

    /// <summary>Transactions of the strand with the most gas.</summary>
    public int LargestStrand { get; init; }

    /// <summary>Gas units that the block is expected to use.</summary>
    public ulong Gas { get; init; }

    /// <summary>Gas units of the strand with the most.</summary>
    public ulong CriticalGas { get; init; }

    /// <summary>Transactions of which nothing was known but their sender.</summary>
    public int Unknown { get; init; }
}
