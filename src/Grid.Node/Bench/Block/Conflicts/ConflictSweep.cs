using Grid.Node.Bench.Block.Workloads;

namespace Grid.Node.Bench.Block.Conflicts;

/// <summary>
/// One kind of workload at several shares of conflicts, in both engines. Each share has a grid of its own, which knows nothing of the
/// contracts before it warms up on the same block; what is measured is a grid that has seen such calls.
/// </summary>
/// <param name="transactions">At each share.</param>
internal sealed class ConflictSweep(WorkloadDescription description, int transactions, ulong seed, int silos, int lanes, int runs)
{
    /// <summary>After the first share the code is warm, and only the new contracts and tries are not.</summary>
    private static readonly TimeSpan LaterWarmUp = TimeSpan.FromSeconds(1);

    /// <param name="conflicts">In percent, in the order in which they are measured.</param>
    public async IAsyncEnumerable<ConflictPoint> RunAsync(
        IReadOnlyList<int> conflicts, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < conflicts.Count; i++)
        {
            var warmUp = runs == 1 ? TimeSpan.Zero : i == 0 ? BlockBenchmark.WarmUp : LaterWarmUp;
            yield return await MeasureAsync(conflicts[i], warmUp, cancellation);
        }
    }

    /// <summary>The engines take turns, so that whatever else the machine does meets both.</summary>
    private async Task<ConflictPoint> MeasureAsync(int conflict, TimeSpan warmUp, CancellationToken cancellation)
    {
        var generated = WorkloadGenerator.Generate(description.WithConflict(conflict), transactions, seed);
        var workload = await SequentialOracle.CompleteAsync(generated, cancellation);
        await using var library = new LibraryEngine(workload, lanes: 1);
        await using var grid = new GridEngine(workload, silos, lanes);
        var (sequential, parallel) = (new BlockBenchmark(workload, library, transactions), new BlockBenchmark(workload, grid, transactions));
        await sequential.WarmUpAsync(warmUp, cancellation);
        await parallel.WarmUpAsync(warmUp, cancellation);
        for (var i = 0; i < runs; i++)
        {
            await sequential.MeasureAsync(cancellation);
            await parallel.MeasureAsync(cancellation);
        }
        var (before, after) = (sequential.Summarize(silos: 1, lanes: 1), parallel.Summarize(silos, lanes));
        return new ConflictPoint(
            description.ToString(), seed, conflict, transactions, silos, lanes, before.TotalMs, after.TotalMs, Sample.Round(before.TotalMs / after.TotalMs),
            after.Waves, after.ExecutionsPerTransaction, after.Fallback, before.Ok is true && after.Ok is true);
    }
}
