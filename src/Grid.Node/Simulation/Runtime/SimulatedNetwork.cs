using Orleans.Runtime;

namespace Grid.Node.Simulation.Runtime;

/// <summary>
/// Carries calls and answers between silos, as late, as often and as seldom as the faults say. A caller whose answer doesn't come gets a time-out, whatever
/// became of the call; within a silo nothing is lost.
/// </summary>
internal sealed class SimulatedNetwork(SimulatedWorld world)
{
    /// <summary>Orleans' default.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long it takes to find out that nobody listens at an address.</summary>
    private static readonly TimeSpan RefusalTime = TimeSpan.FromMilliseconds(2);

    private long _calls;

    public long Messages { get; private set; }

    public Task Call(SimulatedSilo caller, GrainId grain, CallShape shape, object?[] arguments)
    {
        world.Clock.CheckThread();
        var call = new GrainCall(this, ++_calls, grain, shape, caller, arguments, shape.IsOneWay ? null : shape.NewPromise());
        if (call.Promise is not null)
        {
            caller.Outstanding.Add(call.Id, call);
            world.Clock.Plan(ResponseTimeout, () => caller.Receive(() =>
                Complete(call, null, new TimeoutException($"{shape.Name} of {grain} wasn't answered within {ResponseTimeout}."))));
        }
        Send(call, caller);
        return call.Promise?.Task ?? Task.CompletedTask;
    }

    /// <summary>Sends a call from a silo to where it believes the grain to be.</summary>
    public void Send(GrainCall call, SimulatedSilo from)
    {
        if (call.Hops++ > GrainCall.HopsMax || from.Route(call.Grain) is not { } target)
        {
            Answer(call, from, null, new SiloUnavailableException($"{call.Grain} can't be reached."));
            return;
        }
        call.Target = target;
        if (target == from)
        {
            target.Arrive(call);
            return;
        }
        if (from == call.Caller)
        {
            call.Encode();
        }
        if (target.IsGone && world.Clock.Dice.OneIn(2))
        {
            world.Clock.Plan(RefusalTime, () => from.Receive(() => Answer(call, from, null, new SiloUnavailableException($"{target.Name} doesn't listen."))));
            return;
        }
        Carry(from, target, $"#{call.Id} {call.Shape.Name} {call.Grain.Key}", () => target.Arrive(call));
    }

    public void Answer(GrainCall call, SimulatedSilo from, object? result, Exception? error)
    {
        if (call.Promise is null)
        {
            return;
        }
        if (from == call.Caller)
        {
            Complete(call, result, error);
            return;
        }
        var encoded = result is null ? null : MessageCodec.Encode(result);
        Carry(from, call.Caller, $"#{call.Id} answer{(error is null ? "" : $" {error.GetType().Name}")}", () =>
            Complete(call, encoded is null ? null : MessageCodec.Decode<object>(encoded), error));
    }

    /// <summary>Ends the calls that wait for a silo that has died.</summary>
    public void FailCalls(SimulatedSilo caller, SimulatedSilo? target)
    {
        foreach (var call in caller.Outstanding.Values.Where(call => target is null || call.Target == target).ToArray())
        {
            Complete(call, null, new SiloUnavailableException($"{(target ?? caller).Name} has died."));
        }
    }

    private static void Complete(GrainCall call, object? result, Exception? error)
    {
        if (!call.Caller.Outstanding.Remove(call.Id))
        {
            return;
        }
        if (error is null)
        {
            call.Promise!.SetResult(result);
        }
        else
        {
            call.Promise!.SetException(error);
        }
    }

    private void Carry(SimulatedSilo from, SimulatedSilo to, string what, Action arrive)
    {
        Messages++;
        var fate = world.Faults.OfMessage(from, to);
        world.Trace($"{from.Name}>{to.Name} {what}: {fate}");
        if (fate.IsLost)
        {
            return;
        }
        world.Clock.Plan(fate.Delay, () => Deliver(from, to, arrive));
        if (fate.RepeatedAfter is { } again)
        {
            world.Clock.Plan(again, () => Deliver(from, to, arrive));
        }
    }

    private void Deliver(SimulatedSilo from, SimulatedSilo to, Action arrive)
    {
        if (!world.Faults.AreApart(from, to))
        {
            to.Receive(arrive);
        }
    }
}

/// <summary>What becomes of a message.</summary>
/// <param name="RepeatedAfter">When it comes once more; null for never.</param>
internal readonly record struct MessageFate(bool IsLost, TimeSpan Delay, TimeSpan? RepeatedAfter)
{
    public override string ToString() => IsLost ? "lost" : $"{Delay.Ticks}{(RepeatedAfter is { } again ? $" and {again.Ticks}" : "")}";
}
