using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution.Tracing;

/// <summary>Why a traced frame failed, with what a sentence about it needs. Which sentence is the edge's business.</summary>
/// <param name="Halt">How it ended; <see cref="Halt.None"/> where it didn't begin.</param>
public readonly record struct TraceFault(Halt Halt)
{
    /// <summary>Why it didn't begin.</summary>
    public CallRefusal? Refusal { get; init; }

    public FaultCause? Cause { get; init; }

    /// <summary>The opcode that failed; 0 where no code ran.</summary>
    public byte Opcode { get; init; }

    /// <summary>Words on the stack before that opcode.</summary>
    public int StackHeight { get; init; }

    /// <summary>Whose code failed: tells a precompile.</summary>
    public Address CodeAddress { get; init; }

    public int InputLength { get; init; }

    /// <summary>Whether it was for lack of gas.</summary>
    public bool IsOutOfGas => Halt == Halt.OutOfGas;
}
