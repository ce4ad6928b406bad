namespace Grid.Node.Bench;

/// <summary>Statistics of repeated measurements.</summary>
public static class Sample
{
    /// <summary>The middle value; of an even count the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The n-th root of the product: the mean of ratios.</summary>
    public static double GeometricMean(IReadOnlyList<double> values) => Math.Exp(values.Sum(Math.Log) / values.Count);

    /// <summary>Three decimals: a microsecond, where the unit is a millisecond.</summary>
    public static double Round(double value) => Math.Round(value, 3);
}
