using System.Globalization;

namespace Grid.Node.Bench.Block.Conflicts;

/// <summary>The grid beside the sequential executor at one share of conflicts: medians. Scripts read these names; null is what an engine doesn't say.</summary>
/// <param name="Conflict">Percent of the transactions, as the kind of workload defines it.</param>
/// <param name="SequentialMs">The library on one lane, all stages after recovery, in milliseconds.</param>
/// <param name="GridMs">The grid, the same stages, in milliseconds.</param>
/// <param name="Speedup">The first over the second: above 1 the grid is faster.</param>
/// <param name="Waves">See <see cref="BlockRun.Waves"/>.</param>
/// <param name="ExecutionsPerTransaction">See <see cref="BlockRun.ExecutionsPerTransaction"/>.</param>
/// <param name="Fallback">See <see cref="BlockRun.Fallback"/>.</param>
/// <param name="Ok">Whether both gave the sequential executor's roots, gas and bloom in every run.</param>
internal sealed record ConflictPoint(
    string Workload, ulong Seed, int Conflict, int Transactions, int Silos, int Lanes, double SequentialMs, double GridMs, double Speedup,
    double? Waves, double? ExecutionsPerTransaction, string? Fallback, bool Ok)
{
    public string ToLine()
    {
        var counters = Waves is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $", {Waves} wave(s), {ExecutionsPerTransaction ?? 1:F2} executions a transaction{(Fallback is null ? "" : $", in order: {Fallback}")}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  conflict {Conflict,3} %: sequential {SequentialMs:F1} ms, grid {GridMs:F1} ms, speed-up {Speedup:F2}{counters}: {(Ok ? "right" : "WRONG")}");
    }
}
