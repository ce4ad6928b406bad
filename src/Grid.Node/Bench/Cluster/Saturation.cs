using System.Globalization;

namespace Grid.Node.Bench.Cluster;

/// <summary>Where more silos don't help any more, by the model. Scripts read these names.</summary>
/// <param name="Transactions">Of the block that this is about.</param>
/// <param name="BestSilos">The number of silos that takes the least time.</param>
/// <param name="BestMs">That time.</param>
/// <param name="SpeedUp">One silo's time over it.</param>
/// <param name="CoordinatorTxPerS">What the coordinator could do if the others took no time: its own work for a block, and nothing else.</param>
/// <param name="Explained">How much of the differences among the measured times the model explains: 1 for all.</param>
internal sealed record Saturation(ClusterModel Model, int Transactions, int BestSilos, double BestMs, double SpeedUp, double CoordinatorTxPerS, double Explained)
{
    private const int SilosMax = 64;

    private const double Thousand = 1_000, KibPerMib = 1_024;

    /// <exception cref="ArgumentException">The points aren't enough for a model.</exception>
    public static Saturation Of(IReadOnlyList<ClusterPoint> measured)
    {
        var points = measured.Select(x => new ModelPoint(x.Block.Silos, x.Block.Transactions / Thousand, x.Messages, x.Kib / KibPerMib, x.Block.TotalMs)).ToArray();
        var model = ClusterModel.Fit(points);
        var size = points.Max(point => point.Transactions);
        var ofSize = points.Where(point => point.Transactions == size).ToArray();
        if (ofSize.All(point => point.Silos == 1))
        {
            throw new ArgumentException("The largest block was measured on one silo only.", nameof(measured));
        }
        var predicted = Enumerable.Range(1, SilosMax).Select(silos => (Silos: silos, Ms: model.PredictMs(ClusterModel.Extrapolate(ofSize, silos)))).ToArray();
        var best = predicted.MinBy(x => x.Ms);
        var serialMs = model.BlockMs + (model.SerialMs * size);
        return new Saturation(
            model, (int)Math.Round(size * Thousand), best.Silos, Sample.Round(best.Ms), Sample.Round(predicted[0].Ms / best.Ms), serialMs > 0 ? Math.Round(size * Thousand / serialMs * Thousand) : 0,
            Sample.Round(model.Explained(points)));
    }

    public IEnumerable<string> ToLines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"model: {Model.BlockMs:F1} ms a block + {Model.SerialMs:F2} ms a thousand transactions + {Model.SharedMs:F2} ms a thousand transactions and silo + {Model.MessageMs:F3} ms a message + {Model.MibMs:F2} ms a MiB; explains {Explained:P0}");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{Transactions} transactions are fastest on {BestSilos} silo{(BestSilos == 1 ? "" : "s")}: {BestMs:F1} ms, {SpeedUp:F2} times as fast as on one; the coordinator's own work alone would allow {CoordinatorTxPerS:F0} tx/s");
    }
}
