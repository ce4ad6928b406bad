using Grid.Chain;

namespace Grid.Node.Bench.Block;

/// <summary>Makes block 1 of a workload, each time over the fresh genesis state.</summary>
public interface IBlockEngine : IAsyncDisposable
{
    /// <summary>As the JSON names it.</summary>
    string Name { get; }

    /// <param name="transactions">In block order; their senders are known.</param>
    Task<BlockRun> RunAsync(Transaction[] transactions, CancellationToken cancellation);
}

/// <summary>One measured block.</summary>
/// <param name="Included">Transactions in it.</param>
public sealed record BlockRun(BlockHeader Header, int Included, BlockTimes Times);

/// <summary>What each stage took, in milliseconds.</summary>
/// <param name="PlanMs">Predicting access sets and grouping.</param>
/// <param name="ExecuteMs">Running the transactions.</param>
/// <param name="ApplyMs">Changing the tries.</param>
/// <param name="RootMs">Hashing them.</param>
/// <param name="CommitMs">Sealing the block and appending it to the journal.</param>
/// <param name="TotalMs">From the first to the last.</param>
public readonly record struct BlockTimes(double PlanMs, double ExecuteMs, double ApplyMs, double RootMs, double CommitMs, double TotalMs);
