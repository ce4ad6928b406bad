using Orleans.Runtime;

namespace Grid.Node.Simulation.Runtime;

/// <summary>A message to a grain, or a tick of a grain's timer.</summary>
internal abstract class GrainRequest
{
    /// <summary>Whether it may run while another one does.</summary>
    public abstract bool Interleaves { get; }

    public abstract Task<object?> InvokeAsync(object grain, SimulatedSilo at);

    /// <summary>Hands the answer over; once there is one, further ones change nothing.</summary>
    public abstract void Answer(SimulatedSilo from, object? result, Exception? error);
}

/// <summary>A call of a grain's method.</summary>
/// <param name="arguments">Themselves within a silo; to another silo they travel encoded, as they were when they were sent.</param>
internal sealed class GrainCall(SimulatedNetwork network, long id, GrainId grain, CallShape shape, SimulatedSilo caller, object?[] arguments, ICallPromise? promise) : GrainRequest
{
    /// <summary>A call that is sent on more often is refused.</summary>
    public const int HopsMax = 4;

    private byte[]? _encoded;

    public long Id => id;

    public GrainId Grain => grain;

    public CallShape Shape => shape;

    public SimulatedSilo Caller => caller;

    /// <summary>Null where nobody waits.</summary>
    public ICallPromise? Promise => promise;

    /// <summary>Where it was sent last.</summary>
    public SimulatedSilo? Target { get; set; }

    public int Hops { get; set; }

    public override bool Interleaves => shape.IsAlwaysInterleave;

    public void Encode() => _encoded ??= MessageCodec.Encode(arguments);

    public override Task<object?> InvokeAsync(object instance, SimulatedSilo at) =>
        shape.InvokeAsync(instance, at == caller ? arguments : MessageCodec.Decode<object?[]>(_encoded!));

    public override void Answer(SimulatedSilo from, object? result, Exception? error) => network.Answer(this, from, result, error);
}

/// <summary>A tick of a timer.</summary>
internal sealed class TimerTick(bool interleaves, Func<Task> tick, Action ended) : GrainRequest
{
    public override bool Interleaves => interleaves;

    public override async Task<object?> InvokeAsync(object grain, SimulatedSilo at)
    {
        await tick();
        return null;
    }

    public override void Answer(SimulatedSilo from, object? result, Exception? error) => ended();
}
