using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution.Tracing;

/// <param name="OnlyTopCall">Leaves out what the transaction's message calls.</param>
/// <param name="WithLogs">Keeps the logs of each frame.</param>
public sealed record CallTracerOptions(bool OnlyTopCall = false, bool WithLogs = false);

/// <summary>
/// Makes the tree of a transaction's calls, as geth's callTracer shows it. One transaction, one thread. It asks for steps, because what went wrong
/// (which opcode, how many words) only they tell.
/// </summary>
public sealed class CallTracer(CallTracerOptions options, TraceLimits limits) : ITracer
{
    private const int DepthsMax = 1_026;

    private readonly TraceBudget _budget = new(limits);
    private readonly List<CallFrame> _open = [];

    // By depth: the last opcode of the frame, the words before it, and the transaction's logs when it began.
    private readonly (byte Opcode, int Height)[] _last = new (byte, int)[DepthsMax];
    private readonly int[] _logsBefore = new int[DepthsMax];

    private int _depth = -1;
    private int _logCount;
    private FaultCause? _cause;

    public bool WantsSteps => true;

    /// <summary>The transaction's own message; null where it never began.</summary>
    public CallFrame? Root { get; private set; }

    /// <summary>Whether the limits left something out.</summary>
    public bool IsTruncated => _budget.IsExceeded;

    public void OnEnter(in FrameStart start)
    {
        _depth = start.Depth;
        _last[_depth] = default;
        _logsBefore[_depth] = _logCount;
        if ((options.OnlyTopCall && _depth > 0) || !_budget.TryTakeFrame(_depth, start.Input.Length))
        {
            return;
        }
        var frame = new CallFrame(TypeOf(start.Kind), _depth, in start);
        Root ??= frame;
        Current?.CallList.Add(frame);
        _open.Add(frame);
    }

    public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
        var cause = _cause;
        _cause = null;
        _depth = depth - 1;
        if (!halt.IsSuccess())
        {
            _logCount = _logsBefore[depth];
        }
        if (_open.Count == 0 || _open[^1].Depth != depth)
        {
            return;
        }
        var frame = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        frame.GasUsed = frame.Gas - gasLeft;
        if (_budget.TryTake(output.Length))
        {
            frame.Output = output.ToArray();
        }
        if (halt.IsSuccess())
        {
            return;
        }
        frame.Fault = new TraceFault(halt)
        {
            Cause = cause, Opcode = _last[depth].Opcode, StackHeight = _last[depth].Height,
            CodeAddress = frame.To ?? default, InputLength = frame.Input.Length,
        };
        if (frame.Type is CallType.Create or CallType.Create2)
        {
            frame.To = null;
        }
    }

    public void OnRefuse(in FrameStart start, CallRefusal refusal)
    {
        if (!options.OnlyTopCall && Parent is { } parent && _budget.TryTakeFrame(parent.Depth, start.Input.Length))
        {
            var frame = new CallFrame(TypeOf(start.Kind), start.Depth, in start) { Fault = new TraceFault(Halt.None) { Refusal = refusal } };
            if (start.Kind >= FrameKind.Create)
            {
                frame.To = null;
            }
            parent.CallList.Add(frame);
        }
    }

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
    {
        if (!options.OnlyTopCall && Parent is { } parent && _budget.TryTake(0))
        {
            parent.CallList.Add(new CallFrame(_depth + 1, in account, in beneficiary, in balance));
        }
    }

    public void OnLog(Log log)
    {
        var index = _logCount++;
        if (options.WithLogs && Parent is { } parent && _budget.TryTake(log.Data.Length))
        {
            parent.LogList.Add(new TracedLog(log, parent.CallList.Count, index));
        }
    }

    public void OnFault(FaultCause cause) => _cause = cause;

    public void OnStep(in Step step) => _last[step.Depth] = (step.Opcode, step.Stack.Length);

    /// <summary>Ends the trace of a transaction that was executed.</summary>
    /// <param name="gasLimit">The transaction's.</param>
    /// <param name="gasUsed">The transaction's, after refunds.</param>
    public void Complete(ulong gasLimit, ulong gasUsed)
    {
        if (Root is { } root)
        {
            root.Gas = (long)gasLimit;
            root.GasUsed = (long)gasUsed;
            DropLogsOfFailed(root);
        }
    }

    /// <summary>The frame that began last, where it is kept.</summary>
    internal CallFrame? Opened(int depth) => Current is { } frame && frame.Depth == depth ? frame : null;

    private CallFrame? Current => _open.Count > 0 ? _open[^1] : null;

    /// <summary>The frame at hand, where it is kept: frames below may have been left out.</summary>
    private CallFrame? Parent => Current is { } frame && frame.Depth == _depth ? frame : null;

    private static CallType TypeOf(FrameKind kind) => kind switch
    {
        FrameKind.Call => CallType.Call,
        FrameKind.CallCode => CallType.CallCode,
        FrameKind.DelegateCall => CallType.DelegateCall,
        FrameKind.StaticCall => CallType.StaticCall,
        FrameKind.Create => CallType.Create,
        _ => CallType.Create2,
    };

    private static void DropLogsOfFailed(CallFrame root)
    {
        var open = new Stack<(CallFrame Frame, bool IsReverted)>();
        open.Push((root, false));
        while (open.TryPop(out var item))
        {
            var isReverted = item.IsReverted || item.Frame.Fault is not null;
            if (isReverted)
            {
                item.Frame.LogList.Clear();
            }
            foreach (var call in item.Frame.CallList)
            {
                open.Push((call, isReverted));
            }
        }
    }
}
