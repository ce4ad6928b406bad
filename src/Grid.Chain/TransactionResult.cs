using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>How the attempt to execute a transaction ended.</summary>
public enum TransactionOutcome : byte
{
    /// <summary>It ran, to success or to failure, and belongs in the block.</summary>
    Executed,

    /// <summary>It can't be in a block here: <see cref="TransactionResult.Error"/>. Nothing changed.</summary>
    Invalid,

    /// <summary>State isn't at hand; the world knows what. Nothing changed.</summary>
    StateMiss,
}

/// <summary>What executing one transaction led to.</summary>
public readonly struct TransactionResult
{
    public required TransactionOutcome Outcome { get; init; }

    public TransactionError Error { get; init; }

    /// <summary>Null unless executed.</summary>
    public Receipt? Receipt { get; init; }

    public Halt Halt { get; init; }

    /// <summary>Gas units.</summary>
    public ulong GasUsed { get; init; }

    /// <summary>Gas units of the refund that was granted, contained in no other figure.</summary>
    public ulong GasRefunded { get; init; }

    /// <summary>Return data, or revert data.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    internal static TransactionResult OfInvalid(TransactionError error) => new() { Outcome = TransactionOutcome.Invalid, Error = error };
}
