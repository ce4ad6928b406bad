using Grid.Primitives;

namespace Grid.Evm;

public enum FrameKind
{
    Call,
    CallCode,
    DelegateCall,
    StaticCall,
    Create,
    Create2,
}

/// <summary>How a frame begins.</summary>
public readonly ref struct FrameStart
{
    public required FrameKind Kind { get; init; }

    /// <summary>0 for the transaction's own message.</summary>
    public required int Depth { get; init; }

    public required Address Caller { get; init; }

    /// <summary>The account whose state the code changes; the new account of a creation.</summary>
    public required Address Recipient { get; init; }

    /// <summary>Where the code comes from, before a delegation is followed.</summary>
    public required Address CodeAddress { get; init; }

    /// <summary>Wei.</summary>
    public required UInt256 Value { get; init; }

    public required ReadOnlySpan<byte> Input { get; init; }

    public required long Gas { get; init; }
}

/// <summary>The machine before one instruction.</summary>
public readonly ref struct Step
{
    /// <summary>Offset in the code, in bytes.</summary>
    public required int ProgramCounter { get; init; }

    public required byte Opcode { get; init; }

    public required long Gas { get; init; }

    public required int Depth { get; init; }

    public required Address Recipient { get; init; }

    /// <summary>Bottom first.</summary>
    public required ReadOnlySpan<UInt256> Stack { get; init; }

    public required ReadOnlySpan<byte> Memory { get; init; }

    public required ReadOnlySpan<byte> ReturnData { get; init; }
}

/// <summary>Watches an execution. Spans are valid during the call only.</summary>
public interface ITracer
{
    /// <summary>Whether <see cref="OnStep"/> is wanted. Asked once; steps cost much.</summary>
    bool WantsSteps { get; }

    void OnEnter(in FrameStart start);

    /// <param name="depth">That of the frame that ends.</param>
    /// <param name="halt">How it ended.</param>
    /// <param name="gasLeft">What goes back to the caller.</param>
    /// <param name="output">Return or revert data, or deployed code.</param>
    void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output);

    void OnStep(in Step step);
}
