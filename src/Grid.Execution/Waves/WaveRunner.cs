namespace Grid.Execution.Waves;

/// <summary>Runs an execution on threads of this process, over a state that is all at hand: what the grid's lanes do, without a grid.</summary>
public static class WaveRunner
{
    /// <summary>Runs all waves to the end.</summary>
    /// <param name="lanes">Threads that work at once.</param>
    /// <exception cref="InvalidOperationException">State is missing.</exception>
    public static void Run(ParallelExecution execution, int lanes)
    {
        while (execution.Next() is { Count: > 0 } wave)
        {
            RunWave(wave, lanes, static work =>
            {
                if (work.Run() == ExecutionStatus.StateMiss)
                {
                    throw new InvalidOperationException("State is missing that should all be at hand.");
                }
            });
        }
    }

    /// <summary>
    /// Runs a wave's work: each thread takes the next piece, in their order. Safe because a piece is taken once, by an atomic count, and belongs
    /// to its taker; joining the threads publishes what they did.
    /// </summary>
    public static void RunWave(IReadOnlyList<LaneWork> wave, int lanes, Action<IResumable> run)
    {
        var next = -1;
        void Lane()
        {
            for (int i; (i = Interlocked.Increment(ref next)) < wave.Count;)
            {
                run(wave[i].Work);
            }
        }
        if (lanes == 1 || wave.Count == 1)
        {
            Lane();
            return;
        }
        Parallel.For(0, Math.Min(lanes, wave.Count), new ParallelOptions { MaxDegreeOfParallelism = lanes }, _ => Lane());
    }
}
