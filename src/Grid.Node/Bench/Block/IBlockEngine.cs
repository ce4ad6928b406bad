using System.Text.Json;
using Grid.Chain;
using Grid.Execution.Waves;

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
public sealed record BlockRun(BlockHeader Header, int Included, BlockTimes Times)
{
    /// <summary>Rounds of execution and validation, at least 1; null where the engine has none. In JSON `waves`.</summary>
    public int? Waves { get; init; }

    /// <summary>
    /// Executions that were begun over transactions, at least 1: 1.25 says that a quarter ran a second time. Null where the engine doesn't
    /// count them. In JSON `executions_per_transaction`.
    /// </summary>
    public double? ExecutionsPerTransaction { get; init; }

    /// <summary>
    /// Why the block, or the rest of it, was executed one transaction after the other, as the engine's name for the reason; null where
    /// it wasn't. In JSON `fallback`.
    /// </summary>
    public string? Fallback { get; init; }

    /// <summary>Transactions that other silos than the coordinator's executed; null where there is one. In JSON `sent`.</summary>
    public int? Sent { get; init; }

    /// <summary>Rounds of fetching state from other silos; null where there is one. In JSON `fetches`.</summary>
    public int? Fetches { get; init; }

    /// <summary>The reason as JSON names it; null where there is none.</summary>
    public static string? NameOf(FallbackReason reason) =>
        reason == FallbackReason.None ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}

/// <summary>What each stage took, in milliseconds.</summary>
/// <param name="PlanMs">Predicting access sets and grouping.</param>
/// <param name="ExecuteMs">Running the transactions.</param>
/// <param name="ValidateMs">Putting together what ran beside each other.</param>
/// <param name="ApplyMs">Changing the tries.</param>
/// <param name="RootMs">Hashing them.</param>
/// <param name="CommitMs">Sealing the block and appending it to the journal.</param>
/// <param name="TotalMs">From the first to the last.</param>
public readonly record struct BlockTimes(double PlanMs, double ExecuteMs, double ValidateMs, double ApplyMs, double RootMs, double CommitMs, double TotalMs);
