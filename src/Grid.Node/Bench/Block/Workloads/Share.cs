namespace Grid.Node.Bench.Block.Workloads;

/// <summary>
/// Says which transactions belong to a share of so many percent: evenly spread, so that of every hundred in a row exactly so many do, and
/// two runs that differ in the seed differ in nothing else.
/// </summary>
internal sealed class Share(int percent)
{
    private int _sum;

    /// <summary>Whether the next one belongs to it.</summary>
    public bool Next()
    {
        _sum += percent;
        if (_sum < 100)
        {
            return false;
        }
        _sum -= 100;
        return true;
    }
}
