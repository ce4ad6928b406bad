using Grid.Node.Fuzz;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Picks ranks from 0 to below a count: rank k with a chance in proportion to 1 / (k + 1)^s (Zipf's law).</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulative;

    /// <param name="exponent">s; 0 makes all ranks alike.</param>
    public Zipf(int count, double exponent)
    {
        _cumulative = new double[count];
        var sum = 0.0;
        for (var k = 0; k < count; k++)
        {
            sum += Math.Pow(k + 1, -exponent);
            _cumulative[k] = sum;
        }
    }

    public int Next(Dice dice)
    {
        // 53 bits: all that a double from 0 to below 1 has.
        var point = (dice.Next() >> 11) * (1.0 / (1UL << 53)) * _cumulative[^1];
        var at = Array.BinarySearch(_cumulative, point);
        return Math.Min(at >= 0 ? at + 1 : ~at, _cumulative.Length - 1);
    }
}
