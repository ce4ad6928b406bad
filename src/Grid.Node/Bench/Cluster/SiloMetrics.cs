using System.Globalization;

namespace Grid.Node.Bench.Cluster;

/// <summary>What a silo tells at /metrics, in Prometheus' text format: the sum of each series over its labels.</summary>
internal sealed class SiloMetrics
{
    private readonly Dictionary<string, double> _sums;

    private SiloMetrics(Dictionary<string, double> sums) => _sums = sums;

    /// <summary>Zero where there is no such series.</summary>
    public double this[string name] => _sums.GetValueOrDefault(name);

    /// <summary>The highest of a name over its labels isn't kept: sums are what counters are read for.</summary>
    public static SiloMetrics Parse(string text)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
            {
                continue;
            }
            var nameEnd = line.IndexOfAny(['{', ' ']);
            var valueStart = line.IndexOf('}', StringComparison.Ordinal) + 1;
            // NAME{LABELS} VALUE [TIMESTAMP]
            var value = line[(valueStart == 0 ? nameEnd : valueStart)..].Trim().Split(' ')[0];
            if (nameEnd > 0 && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                sums[line[..nameEnd]] = sums.GetValueOrDefault(line[..nameEnd]) + number;
            }
        }
        return new SiloMetrics(sums);
    }

    public static async Task<SiloMetrics[]> ReadAsync(HttpClient http, IEnumerable<Uri> silos, CancellationToken cancellation) =>
        await Task.WhenAll(silos.Select(async silo => Parse(await http.GetStringAsync(new Uri(silo, "/metrics"), cancellation))));
}
