using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution.Tracing;

/// <summary>A frame in a list instead of a tree.</summary>
/// <param name="TraceAddress">The place among its siblings, from the outermost frame's call on.</param>
/// <param name="SubtraceCount">The frames directly below that are listed.</param>
public sealed record FlatFrame(CallFrame Frame, int[] TraceAddress, int SubtraceCount);

/// <summary>
/// Lists a transaction's calls as Parity's tracer did, and geth's flatCallTracer does: depth first, each with its address in the tree. CALL and STATICCALL
/// of precompiles are no frames there, unless asked for.
/// </summary>
public sealed class FlatCallTracer(Fork fork, bool includePrecompiles, TraceLimits limits) : ITracer
{
    private readonly CallTracer _calls = new(new CallTracerOptions(), limits);

    public bool WantsSteps => _calls.WantsSteps;

    /// <summary>Whether the limits left something out.</summary>
    public bool IsTruncated => _calls.IsTruncated;

    public void OnEnter(in FrameStart start) => _calls.OnEnter(in start);

    public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output) => _calls.OnExit(depth, halt, gasLeft, output);

    public void OnStep(in Step step) => _calls.OnStep(in step);

    public void OnRefuse(in FrameStart start, CallRefusal refusal) => _calls.OnRefuse(in start, refusal);

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) =>
        _calls.OnSelfDestruct(in account, in beneficiary, in balance);

    public void OnFault(FaultCause cause) => _calls.OnFault(cause);

    /// <summary>Ends the trace of a transaction that was executed.</summary>
    public void Complete(ulong gasLimit, ulong gasUsed) => _calls.Complete(gasLimit, gasUsed);

    /// <summary>The outermost frame first.</summary>
    public IReadOnlyList<FlatFrame> Frames()
    {
        if (_calls.Root is not { } root)
        {
            return [];
        }
        HashSet<Address> hidden = includePrecompiles ? [] : [.. PrecompileFacts.AddressesOf(fork)];
        var frames = new List<FlatFrame>();
        var open = new Stack<(CallFrame Frame, int[] Address)>();
        open.Push((root, []));
        while (open.TryPop(out var item))
        {
            var calls = item.Frame.CallList.FindAll(
                call => call.Type is not (CallType.Call or CallType.StaticCall) || call.To is not { } to || !hidden.Contains(to));
            frames.Add(new FlatFrame(item.Frame, item.Address, calls.Count));
            for (var i = calls.Count - 1; i >= 0; i--)
            {
                open.Push((calls[i], [.. item.Address, i]));
            }
        }
        return frames;
    }
}
