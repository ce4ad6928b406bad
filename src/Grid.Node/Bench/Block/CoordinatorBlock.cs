using Grid.Chain;
using Grid.Grains.Coordinator;

namespace Grid.Node.Bench.Block;

/// <summary>Has a coordinator, in this process or in another one, make a workload's block.</summary>
internal static class CoordinatorBlock
{
    /// <summary>The total is the coordinator's own: without handing the transactions over.</summary>
    public static async Task<BlockRun> MakeAsync(IBlockCoordinatorGrain coordinator, BlockWorkload workload, Transaction[] transactions)
    {
        var summary = (await coordinator.MakeBlock(new BlockRequest
        {
            Transactions = transactions,
            Timestamp = workload.Attributes.Timestamp,
            PrevRandao = workload.Attributes.PrevRandao,
            Beneficiary = workload.Attributes.Beneficiary,
            GasLimit = workload.Attributes.GasLimit,
        }))!;
        var times = summary.Times;
        return new BlockRun(
            summary.Header, summary.TransactionCount,
            new BlockTimes(times.PlanMs, times.ExecuteMs, times.ValidateMs, times.ApplyMs, times.RootMs, times.CommitMs, summary.ElapsedMs))
        {
            Waves = summary.Execution.Waves,
            ExecutionsPerTransaction = (double)summary.Execution.Executions / transactions.Length,
            Fallback = BlockRun.NameOf(summary.Execution.Fallback),
            Sent = summary.Execution.Sent,
            Fetches = summary.Execution.Fetches,
        };
    }
}
