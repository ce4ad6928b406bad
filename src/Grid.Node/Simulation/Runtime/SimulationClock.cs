using Grid.Node.Fuzz;

namespace Grid.Node.Simulation.Runtime;

/// <summary>
/// What happens next in a simulated world: one of the queues that have work, drawn by the seed; when none has, the earliest event that was planned, and the
/// time is the event's then. Work takes no time.
/// </summary>
/// <remarks>One thread: all code of the simulated processes runs on the one that calls <see cref="RunUntil"/>.</remarks>
internal sealed class SimulationClock(Dice dice)
{
    /// <summary>A world that does more than this in one history goes round in circles.</summary>
    private const long StepsMax = 5_000_000;

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly PriorityQueue<Action, (long Due, long Order)> _events = new();
    private readonly List<WorkQueue> _ready = [];
    private long _order;
    private long _steps;

    public Dice Dice => dice;

    /// <summary>Since the world began.</summary>
    public TimeSpan Now { get; private set; }

    /// <exception cref="InvalidOperationException">Something of the protocol has left the simulation's thread: what it does there no seed decides.</exception>
    public void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("Code runs on another thread than the simulation's.");
        }
    }

    public void Plan(TimeSpan delay, Action action)
    {
        CheckThread();
        _events.Enqueue(action, ((Now + delay).Ticks, _order++));
    }

    /// <summary>A task that completes after a time.</summary>
    public Task Delay(TimeSpan delay)
    {
        var end = new TaskCompletionSource();
        Plan(delay, end.SetResult);
        return end.Task;
    }

    /// <summary>Any time from zero up to this one.</summary>
    public TimeSpan UpTo(TimeSpan most) => TimeSpan.FromTicks((long)Math.BigMul(dice.Next(), (ulong)most.Ticks, out _));

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + UpTo(most - least);

    public void AddReady(WorkQueue queue)
    {
        CheckThread();
        _ready.Add(queue);
    }

    /// <summary>Takes back what belongs to a silo that stands still.</summary>
    public void RemoveReady(SimulatedSilo owner) => _ready.RemoveAll(queue => queue.Owner == owner);

    /// <summary>Goes on until the condition holds; false when the time is over, or nothing is left to do.</summary>
    public bool RunUntil(Func<bool> isDone, TimeSpan end)
    {
        while (!isDone())
        {
            if (++_steps > StepsMax)
            {
                return false;
            }
            if (_ready.Count > 0)
            {
                RunOne();
            }
            else if (_events.TryPeek(out var action, out var at) && at.Due <= end.Ticks)
            {
                _events.Dequeue();
                Now = TimeSpan.FromTicks(at.Due);
                action();
            }
            else
            {
                return false;
            }
        }
        return true;
    }

    private void RunOne()
    {
        var at = dice.Below(_ready.Count);
        var queue = _ready[at];
        // It may be made ready again by what it runs, so it leaves first.
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        queue.RunOne();
    }
}
