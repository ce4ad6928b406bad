using Grid.Node.Bench.Cluster;

namespace Grid.Node.Tests.Cluster;

public sealed class CommittedBlockTests
{
    [Fact]
    public void Rates_are_of_whole_windows()
    {
        CommittedBlock[] blocks = [new(0.5, 100), new(2.1, 10), new(3.9, 20), new(4, 40), new(7.9, 1)];
        Assert.Equal([15d, 20d], CommittedBlock.RatesOf(blocks, 2, 7, 2));
        Assert.Empty(CommittedBlock.RatesOf(blocks, 2, 3, 2));
    }

    [Fact]
    public void Recovery_ends_with_the_last_window_that_is_below()
    {
        Assert.Equal(6, CommittedBlock.RecoveryS([950, 0, 899, 900, 2_000], usual: 1_000, part: 0.9, windowS: 2));
        Assert.Equal(0, CommittedBlock.RecoveryS([950, 1_000], 1_000, 0.9, 2));
        Assert.Equal(4, CommittedBlock.RecoveryS([950, 10], 1_000, 0.9, 2));
    }

    [Fact]
    public void Metrics_are_added_up_over_their_labels()
    {
        var metrics = SiloMetrics.Parse(
            """
            # TYPE sent histogram
            sent_bucket{silo="a {b}",le="+Inf"} 3 1732000000000
            sent_sum{silo="a"} 1500 1732000000000
            sent_sum{silo="b"} 2.5E3 1732000000000
            grid_store_lag 7 1732000000000
            # EOF
            """);
        Assert.Equal(4_000, metrics["sent_sum"]);
        Assert.Equal(7, metrics["grid_store_lag"]);
        Assert.Equal(0, metrics["missing"]);
    }
}
