namespace Grid.Node.Bench.Block;

/// <summary>What is right for a workload that no file says it of: what the sequential executor, on one lane, makes of it.</summary>
public static class SequentialOracle
{
    /// <exception cref="InvalidOperationException">A transaction isn't valid, which is a defect of the workload.</exception>
    public static async Task<BlockWorkload> CompleteAsync(BlockWorkload workload, CancellationToken cancellation)
    {
        var count = workload.Transactions.Length;
        await using var engine = new LibraryEngine(workload, lanes: 1);
        var run = await engine.RunAsync(workload.Decode(count), cancellation);
        return run.Included == count
            ? workload.Expecting(ExpectedBlock.Of(run.Header))
            : throw new InvalidOperationException($"Of the {count} transactions of {workload.Name} only {run.Included} fit into a block.");
    }
}
