namespace Grid.Node.Simulation.Runtime;

/// <summary>
/// What waits to run for one activation, or for one silo's lanes: in order for an activation, as Orleans has it; in any order where threads would race.
/// </summary>
/// <param name="owner">The silo; null for the world outside of silos.</param>
/// <param name="inOrder">Whether what came first runs first.</param>
internal sealed class WorkQueue(SimulationClock clock, SimulatedSilo? owner, bool inOrder) : TaskScheduler
{
    private readonly List<Task> _waiting = [];
    private bool _isReady;

    public SimulatedSilo? Owner => owner;

    public override int MaximumConcurrencyLevel => 1;

    public void RunOne()
    {
        _isReady = false;
        var at = inOrder ? 0 : clock.Dice.Below(_waiting.Count);
        var task = _waiting[at];
        _waiting.RemoveAt(at);
        MakeReady();
        TryExecuteTask(task);
        owner?.AfterStep();
    }

    /// <summary>Says that there is work, unless the silo stands still or is gone.</summary>
    public void MakeReady()
    {
        if (_isReady || _waiting.Count == 0 || owner is { IsRunning: false })
        {
            return;
        }
        _isReady = true;
        clock.AddReady(this);
    }

    /// <summary>Stands still with its silo.</summary>
    public void Stop() => _isReady = false;

    protected override void QueueTask(Task task)
    {
        clock.CheckThread();
        if (owner is { IsGone: true })
        {
            return;
        }
        _waiting.Add(task);
        MakeReady();
    }

    /// <summary>Never: what goes on next is the seed's choice.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _waiting;
}
