using System.Globalization;
using System.Text.Json.Serialization;
using Grid.Node.Bench.Block;

namespace Grid.Node.Bench.Cluster;

/// <summary>What a number of silo processes gave on one block: medians. Scripts read these names.</summary>
/// <param name="Pinned">Whether each silo had one processor to itself.</param>
/// <param name="Messages">That silos sent for a block, the answer to whoever asked for it among them.</param>
/// <param name="Kib">What they have, in KiB.</param>
/// <param name="SpeedUp">One silo's time over this one's, of the same run of the benchmark; null where one silo wasn't measured.</param>
/// <param name="Block">Stages, roots, and whether they are right. Its total is the coordinator's: from the transactions in order to the durable commit that everybody was told of.</param>
internal sealed record ClusterPoint(
    bool Pinned, double Messages, double Kib, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? SpeedUp, BlockResult Block)
{
    /// <summary>For people.</summary>
    public IEnumerable<string> ToLines()
    {
        foreach (var line in Block.ToLines())
        {
            yield return line;
        }
        var speedUp = SpeedUp is { } times ? string.Create(CultureInfo.InvariantCulture, $"; {times:F2} times as fast as one silo") : "";
        yield return string.Create(CultureInfo.InvariantCulture, $"  {Messages:F0} messages, {Kib:F0} KiB a block{(Pinned ? "; a processor each" : "")}{speedUp}");
    }
}
