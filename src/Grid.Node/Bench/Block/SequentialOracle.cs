namespace Grid.Node.Bench.Block;

/// <summary>What is right for a workload that no file says it of: what the sequential executor, on one lane, makes of it.</summary>
public static class SequentialOracle
{
    /// <summary>What is right for all transactions.</summary>
    /// <exception cref="InvalidOperationException">A transaction isn't valid, which is a defect of the workload.</exception>
    public static Task<BlockWorkload> CompleteAsync(BlockWorkload workload, CancellationToken cancellation) => CompleteAsync(workload, [workload.Transactions.Length], cancellation);

    /// <summary>What is right for the first transactions, so many or so many.</summary>
    /// <inheritdoc cref="CompleteAsync(BlockWorkload, CancellationToken)"/>
    public static async Task<BlockWorkload> CompleteAsync(BlockWorkload workload, IEnumerable<int> sizes, CancellationToken cancellation)
    {
        await using var engine = new LibraryEngine(workload, lanes: 1);
        foreach (var size in sizes)
        {
            var run = await engine.RunAsync(workload.Decode(size), cancellation);
            workload = run.Included == size
                ? workload.Expecting(size, ExpectedBlock.Of(run.Header))
                : throw new InvalidOperationException($"Of the first {size} transactions of {workload.Name} only {run.Included} fit into a block.");
        }
        return workload;
    }
}
