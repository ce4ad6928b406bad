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

    /// <summary>Where the code comes from in the end: what <see cref="CodeAddress"/> delegates to (EIP-7702), or the same.</summary>
    public required Address ExecutedAddress { get; init; }

    /// <summary>Wei.</summary>
    public required UInt256 Value { get; init; }

    public required ReadOnlySpan<byte> Input { get; init; }

    public required long Gas { get; init; }
}

/// <summary>Why a call or a creation didn't begin; its opcode leaves zero, and the gas comes back.</summary>
public enum CallRefusal
{
    /// <summary>Calls nest 1,024 deep.</summary>
    Depth,

    /// <summary>The caller hasn't got the value.</summary>
    Balance,

    /// <summary>The creator's nonce is 2^64-1 (EIP-2681).</summary>
    Nonce,
}

/// <summary>What a halt alone doesn't tell.</summary>
public enum FaultCause
{
    /// <summary>Out of gas: what is left doesn't pay for the code that a creation returned.</summary>
    CodeDeposit,

    /// <summary>Out of gas: SSTORE wants more left than a call's stipend (EIP-2200).</summary>
    StorageStipend,
}

/// <summary>The words of a stack where they are; nothing is copied.</summary>
public readonly unsafe ref struct StackView
{
    private readonly UInt256* _top;

    internal StackView(UInt256* top, int length)
    {
        _top = top;
        Length = length;
    }

    public int Length { get; }

    /// <summary>Bottom first.</summary>
    public UInt256 this[int index] => FromTop(Length - 1 - index);

    /// <param name="index">0 for the word on top.</param>
    public UInt256 FromTop(int index) => (uint)index < (uint)Length ? _top[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Bottom first.</summary>
    public UInt256[] ToArray()
    {
        var words = new UInt256[Length];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = this[i];
        }
        return words;
    }
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

    public required StackView Stack { get; init; }

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

    /// <summary>A call or a creation that didn't begin; there is no exit to it.</summary>
    /// <param name="start">How it would have begun; of a creation the new address is unknown.</param>
    void OnRefuse(in FrameStart start, CallRefusal refusal)
    {
    }

    /// <summary>LOG0 to LOG4 in the frame at hand, which may be reverted later.</summary>
    void OnLog(Log log)
    {
    }

    /// <summary>SELFDESTRUCT in the frame at hand, which may be reverted later.</summary>
    /// <param name="balance">What the beneficiary gets, in wei.</param>
    void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
    {
    }

    /// <summary>Tells more of the halt with which the frame at hand ends next.</summary>
    void OnFault(FaultCause cause)
    {
    }
}
