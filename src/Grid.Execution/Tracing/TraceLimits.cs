namespace Grid.Execution.Tracing;

/// <summary>What a trace may grow to. Beyond that nothing is added, and the trace says that it isn't whole.</summary>
/// <param name="DepthMax">Frames deeper than this are left out; the machine nests 1,024 deep.</param>
/// <param name="ItemsMax">Frames, logs, accounts, slots and other entries.</param>
/// <param name="BytesMax">Bytes of inputs, outputs, data and code.</param>
public sealed record TraceLimits(int DepthMax, int ItemsMax, long BytesMax)
{
    /// <summary>Any transaction of the main network is far below.</summary>
    public static readonly TraceLimits Generous = new(1_024, 1_000_000, 256L << 20);
}

/// <summary>Counts what a trace takes against its limits.</summary>
internal sealed class TraceBudget(TraceLimits limits)
{
    private int _items = limits.ItemsMax;
    private long _bytes = limits.BytesMax;

    /// <summary>Whether something was left out.</summary>
    public bool IsExceeded { get; private set; }

    public bool TryTakeFrame(int depth, long bytes)
    {
        IsExceeded |= depth > limits.DepthMax;
        return depth <= limits.DepthMax && TryTake(bytes);
    }

    public bool TryTake(long bytes)
    {
        if (IsExceeded || _items == 0 || _bytes < bytes)
        {
            IsExceeded = true;
            return false;
        }
        _items--;
        _bytes -= bytes;
        return true;
    }
}
