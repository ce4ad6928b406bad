using System.Globalization;

namespace Grid.Node.Bench.State;

/// <summary>Single values of a node's metrics, in Prometheus' text format.</summary>
internal static class NodeMetrics
{
    /// <summary>What a metric is now, the sum of its series; null where the text hasn't got it.</summary>
    public static double? Find(string text, string name)
    {
        double? sum = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' '
                && double.TryParse(line[(line.LastIndexOf(' ') + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                sum = (sum ?? 0) + value;
            }
        }
        return sum;
    }
}
