using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution.Tracing;

public enum CallType
{
    Call,
    CallCode,
    DelegateCall,
    StaticCall,
    Create,
    Create2,

    /// <summary>No frame of the machine's, but told like one.</summary>
    SelfDestruct,
}

/// <summary>A log of a traced frame.</summary>
/// <param name="Position">How many calls its frame had made before.</param>
/// <param name="Index">Its place among the transaction's logs that had not been reverted then.</param>
public sealed record TracedLog(Log Log, int Position, int Index);

/// <summary>One call of a traced transaction, with the calls that it made. Complete when the transaction is.</summary>
public sealed class CallFrame
{
    internal CallFrame(CallType type, int depth, in FrameStart start)
    {
        Type = type;
        Depth = depth;
        From = start.Kind == FrameKind.DelegateCall ? start.Recipient : start.Caller;
        To = start.Kind >= FrameKind.Create ? start.Recipient : start.CodeAddress;
        Value = start.Value;
        Gas = start.Gas;
        Input = start.Input.ToArray();
    }

    internal CallFrame(int depth, in Address account, in Address beneficiary, in UInt256 balance)
    {
        Type = CallType.SelfDestruct;
        Depth = depth;
        From = account;
        To = beneficiary;
        Value = balance;
    }

    public CallType Type { get; }

    /// <summary>0 for the transaction's own message.</summary>
    public int Depth { get; }

    /// <summary>The account whose code makes the call; of a SELFDESTRUCT the one that is destroyed.</summary>
    public Address From { get; }

    /// <summary>The account that is called, whose code runs; of a creation the new one, null where it failed; of a SELFDESTRUCT the beneficiary.</summary>
    public Address? To { get; internal set; }

    /// <summary>Wei. A DELEGATECALL has its caller's.</summary>
    public UInt256 Value { get; }

    /// <summary>Gas units; of the outermost frame the transaction's limit.</summary>
    public long Gas { get; internal set; }

    /// <summary>Gas units; of the outermost frame the transaction's, after refunds.</summary>
    public long GasUsed { get; internal set; }

    /// <summary>Call data or initcode.</summary>
    public byte[] Input { get; } = [];

    /// <summary>What it returned, or its reason to revert; code of a creation.</summary>
    public byte[] Output { get; internal set; } = [];

    /// <summary>Null where it succeeded.</summary>
    public TraceFault? Fault { get; internal set; }

    public bool HasReverted => Fault is { Halt: Halt.Revert };

    /// <summary>In their order.</summary>
    public IReadOnlyList<CallFrame> Calls => CallList;

    /// <summary>In their order; none where the frame, or one around it, failed.</summary>
    public IReadOnlyList<TracedLog> Logs => LogList;

    internal List<CallFrame> CallList { get; } = [];

    internal List<TracedLog> LogList { get; } = [];
}
