namespace Grid.Node.Simulation.Runtime;

/// <summary>The simulated world's time, for code that asks a time provider.</summary>
internal sealed class SimulatedTime(SimulationClock clock, DateTimeOffset start) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + clock.Now;

    public override long GetTimestamp() => clock.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(clock, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulationClock clock, Action action) : ITimer
    {
        private int _generation;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var generation = ++_generation;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock.Plan(dueTime, () => Fire(generation, period));
            }
            return true;
        }

        public void Dispose() => _generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int generation, TimeSpan period)
        {
            if (generation != _generation)
            {
                return;
            }
            if (period > TimeSpan.Zero)
            {
                clock.Plan(period, () => Fire(generation, period));
            }
            action();
        }
    }
}
