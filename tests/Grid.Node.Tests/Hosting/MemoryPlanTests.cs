using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Placement;
using Grid.Node.Bench.State;
using Grid.Node.Hosting;

namespace Grid.Node.Tests.Hosting;

/// <summary>The parts of a memory limit: that it holds is shown by `grid bench state --memory 512`.</summary>
public sealed class MemoryPlanTests
{
    private const long MiB = 1L << 20;

    [Theory]
    [InlineData(MemoryPlan.LimitMibMin)]
    [InlineData(512)]
    [InlineData(4_096)]
    [InlineData(MemoryPlan.LimitMibMax)]
    public void What_is_kept_on_purpose_leaves_half_of_the_heap_to_blocks_at_work(int limitMib)
    {
        var plan = new MemoryPlan(limitMib);
        var preset = new GridOptions { Genesis = Genesis.Parse("""{"config":{"chainId":5,"terminalTotalDifficulty":0},"difficulty":"0x1","gasLimit":"0x100000","alloc":{}}"""u8.ToArray()) };
        var options = plan.Limit(preset);
        Assert.InRange(plan.HeapBytes, 64 * MiB, (limitMib * MiB) - plan.DatabaseBytes);
        var pools = (long)options.Pool.LimitPerPool * new ShardLayout(options.ShardPrefixNibbles).Count * 4_096;
        var proofs = options.ArchiveProofChangesMax * 300L;
        Assert.InRange(options.StateBytesMax + options.BlockCacheBytesMax + options.HistoryBytesMax + pools + proofs, 1, plan.HeapBytes / 2);
        Assert.Equal(plan.HeapBytes, options.HeapBytesMax);
        // Never more than without a limit.
        Assert.InRange(options.ArchiveProofChangesMax, 1, preset.ArchiveProofChangesMax);
        Assert.InRange(options.Pool.LimitPerPool, 1, preset.Pool.LimitPerPool);
    }

    [Theory]
    [InlineData(512, false)]
    [InlineData(1_023, false)]
    [InlineData(1_024, true)]
    public void A_small_process_goes_without_orleans_dashboard(int limitMib, bool isShown) => Assert.Equal(isShown, new MemoryPlan(limitMib).ShowsOrleansDashboard);

    [Fact]
    public void A_metric_is_the_sum_of_its_series_and_no_other()
    {
        const string Text = "# HELP grid_store_lag x\ngrid_store_lag{a=\"1\"} 2\ngrid_store_lag{a=\"2 3\"} 1.5\ngrid_store_lag_max 9\ngrid_head 7\n";
        Assert.Equal(3.5, NodeMetrics.Find(Text, "grid_store_lag"));
        Assert.Equal(7, NodeMetrics.Find(Text, "grid_head"));
        Assert.Null(NodeMetrics.Find(Text, "grid"));
    }
}
