using System.Diagnostics;
using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Storage.Memory;

namespace Grid.Node.Bench.Block;

/// <summary>
/// Grains on silos in this process. Each run has a cluster of its own, because a block can't be taken back; starting it isn't
/// timed.
/// </summary>
public sealed class GridEngine(BlockWorkload workload, int silos, int lanes) : IBlockEngine
{
    public string Name => "grid";

    public async Task<BlockRun> RunAsync(Transaction[] transactions, CancellationToken cancellation)
    {
        var options = new GridOptions { Genesis = workload.Genesis, Lanes = lanes, MakeBlocks = false };
        await using var cluster = await LocalCluster.StartAsync(options, silos, new MemoryJournal(), new MemoryStateStore());
        var coordinator = cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        await coordinator.Describe();
        var started = Stopwatch.GetTimestamp();
        var summary = await coordinator.MakeBlock(new BlockRequest
        {
            Transactions = transactions,
            Timestamp = workload.Attributes.Timestamp,
            PrevRandao = workload.Attributes.PrevRandao,
            Beneficiary = workload.Attributes.Beneficiary,
            GasLimit = workload.Attributes.GasLimit,
        });
        var totalMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var times = summary!.Times;
        return new BlockRun(
            summary.Header, summary.TransactionCount,
            new BlockTimes(times.PlanMs, times.ExecuteMs, times.ApplyMs, times.RootMs, times.CommitMs, totalMs));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
