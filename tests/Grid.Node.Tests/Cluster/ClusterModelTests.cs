using Grid.Node.Bench.Cluster;

namespace Grid.Node.Tests.Cluster;

public sealed class ClusterModelTests
{
    private static readonly ClusterModel Known = new(BlockMs: 20, SerialMs: 3, SharedMs: 40, MessageMs: 0.5, MibMs: 10);

    [Fact]
    public void Costs_that_made_the_times_are_found_again()
    {
        var points = Grid((silos, transactions) => new ModelPoint(silos, transactions, (30 * (silos - 1)) + (silos % 2) + 1, transactions * (1 - (1d / silos)) * (0.5 + (0.01 * transactions)), 0))
            .Select(point => point with { Ms = Known.PredictMs(point) }).ToArray();
        var found = ClusterModel.Fit(points);
        Assert.Equal(Known.BlockMs, found.BlockMs, 4);
        Assert.Equal(Known.SerialMs, found.SerialMs, 4);
        Assert.Equal(Known.SharedMs, found.SharedMs, 4);
        Assert.Equal(Known.MessageMs, found.MessageMs, 4);
        Assert.Equal(Known.MibMs, found.MibMs, 4);
        Assert.Equal(1, found.Explained(points), 6);
    }

    [Fact]
    public void No_cost_is_below_zero()
    {
        // Larger messages with smaller times: by itself, least squares would say that a MiB saves time.
        ModelPoint[] points = [new(1, 1, 1, 0, 50), new(1, 10, 1, 0, 410), new(2, 1, 30, 2, 40), new(2, 10, 30, 20, 200), new(3, 1, 60, 3, 38), new(3, 10, 60, 30, 120)];
        var found = ClusterModel.Fit(points);
        Assert.All([found.BlockMs, found.SerialMs, found.SharedMs, found.MessageMs, found.MibMs], cost => Assert.True(cost >= 0, $"{found}"));
        Assert.InRange(found.Explained(points), 0.9, 1);
    }

    [Fact]
    public void Columns_that_cannot_be_told_apart_share_nothing()
    {
        // Messages follow from silos alone, and there are two numbers of silos: block, silos and messages are two facts.
        var points = Grid((silos, transactions) => new ModelPoint(silos, transactions, silos == 1 ? 1 : 30, 0, 0)).Where(point => point.Silos < 3)
            .Select(point => point with { Ms = Known.PredictMs(point) }).ToArray();
        var found = ClusterModel.Fit(points);
        Assert.All(points, point => Assert.Equal(point.Ms, found.PredictMs(point), 3));
    }

    [Fact]
    public void Too_few_points_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ClusterModel.Fit([new(1, 1, 1, 0, 10), new(1, 2, 1, 0, 20)]));
        Assert.Throws<ArgumentException>(() => ClusterModel.Fit([new(1, 1, 1, 0, 10), new(2, 1, 1, 0, 20)]));
    }

    [Fact]
    public void What_silos_send_is_carried_on_to_more_of_them()
    {
        ModelPoint[] measured = [new(1, 10, 1, 0, 0), new(2, 10, 31, 4, 0), new(3, 10, 61, 16d / 3, 0)];
        var four = ClusterModel.Extrapolate(measured, 4);
        Assert.Equal(91, four.Messages, 6);
        Assert.Equal(6, four.Mib, 6);
        Assert.Equal(10, four.Transactions);
        Assert.Equal(1, ClusterModel.Extrapolate(measured, 1).Messages, 6);
    }

    private static IEnumerable<ModelPoint> Grid(Func<int, double, ModelPoint> point) =>
        from silos in new[] { 1, 2, 3, 4 } from transactions in new[] { 1d, 5, 20 } select point(silos, transactions);
}
