using System.Globalization;
using System.Text.Json.Serialization;

namespace Grid.Node.Bench.Block;

/// <summary>What a benchmark of a block gave: medians, in milliseconds. Scripts read these names.</summary>
/// <param name="TotalMs">All stages after recovery.</param>
/// <param name="Ok">Whether roots, gas and bloom are right in every run; null where nothing says what is right.</param>
/// <param name="Seed">What the workload was generated from; null for files. In JSON `seed`, only where there is one.</param>
/// <param name="Waves">See <see cref="BlockRun.Waves"/>: the median. In JSON `waves`, only where the engine says it.</param>
/// <param name="ExecutionsPerTransaction">
/// See <see cref="BlockRun.ExecutionsPerTransaction"/>: the median. In JSON `executions_per_transaction`, only where the engine says it.
/// </param>
/// <param name="Fallback">See <see cref="BlockRun.Fallback"/>: of the last run that had one. In JSON `fallback`, only where there is one.</param>
/// <param name="Sent">See <see cref="BlockRun.Sent"/>: the median. In JSON `sent`, only with several silos.</param>
/// <param name="Fetches">See <see cref="BlockRun.Fetches"/>: the median. In JSON `fetches`, only with several silos.</param>
/// <param name="AnvilMs">anvil's `evm_mine` of the same transactions; null unless asked for.</param>
/// <param name="Ratio">anvil's time over that of the run before it: the median.</param>
public sealed record BlockResult(
    string Workload,
    int Transactions,
    string Engine,
    int Silos,
    int Lanes,
    double RecoverMs,
    double PlanMs,
    double ExecuteMs,
    double ValidateMs,
    double ApplyMs,
    double RootMs,
    double CommitMs,
    double TotalMs,
    double TxPerS,
    double MgasPerS,
    ulong GasUsed,
    string StateRoot,
    string ReceiptsRoot,
    bool? Ok,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ulong? Seed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Waves = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ExecutionsPerTransaction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fallback = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Sent = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Fetches = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? AnvilMs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Ratio = null)
{
    /// <summary>For people: what was measured, the stages, and whether it's right.</summary>
    public IEnumerable<string> ToLines()
    {
        var seed = Seed is { } value ? $", seed {value}" : "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{Workload}: {Transactions} transactions{seed}, {GasUsed} gas; engine {Engine}, {Silos} silo{(Silos == 1 ? "" : "s")}, {Lanes} lane{(Lanes == 1 ? "" : "s")}");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"  recover {RecoverMs:F1} | plan {PlanMs:F1} + execute {ExecuteMs:F1} + validate {ValidateMs:F1} + apply {ApplyMs:F1} + root {RootMs:F1} + commit {CommitMs:F1} = {TotalMs:F1} ms");
        yield return string.Create(CultureInfo.InvariantCulture, $"  {TxPerS:F0} tx/s, {MgasPerS:F1} Mgas/s");
        if (Waves is { } waves)
        {
            var fallback = Fallback is null ? "" : $", in order: {Fallback}";
            var sent = Sent is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {Sent} sent to other silos, {Fetches} round(s) of fetching");
            yield return string.Create(CultureInfo.InvariantCulture, $"  {waves} wave(s), {ExecutionsPerTransaction ?? 1:F2} executions a transaction{fallback}{sent}");
        }
        yield return $"  state root {StateRoot}, receipts root {ReceiptsRoot}: {(Ok is null ? "not compared" : Ok.Value ? "right" : "WRONG")}";
        if (Ratio is { } ratio)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  anvil {AnvilMs:F1} ms; ratio {ratio:F2}");
        }
    }
}
