using System.Diagnostics.Metrics;
using Grid.Chain;
using Grid.Grains.Coordinator;

namespace Grid.Grains.Load;

/// <summary>
/// The blocks that this silo's coordinator has committed, as .NET metrics (meter "Grid.Blocks"): a dozen measurements a block, none a transaction, and
/// nothing where nobody listens.
/// </summary>
/// <remarks>Safe because the counts are only ever added to, atomically, and instruments may be used by any thread.</remarks>
public sealed class BlockMeter : IDisposable
{
    public const string Name = "Grid.Blocks";

    private const string StageLabel = "stage";

    /// <summary>Seconds: from a block of one transfer to one of a full gas limit on one lane.</summary>
    internal static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    };

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration, _stage;
    private long _blocks, _transactions, _gas, _postponed, _abandoned;

    public BlockMeter()
    {
        _meter.CreateObservableCounter("grid.committed.blocks", () => Interlocked.Read(ref _blocks), "{block}", "Blocks that this silo's coordinator has committed");
        _meter.CreateObservableCounter("grid.committed.transactions", () => Interlocked.Read(ref _transactions), "{transaction}", "Transactions in them");
        _meter.CreateObservableCounter("grid.committed.gas", () => Interlocked.Read(ref _gas), "{gas}", "Gas that they used");
        _meter.CreateObservableCounter("grid.postponed.transactions", () => Interlocked.Read(ref _postponed), "{transaction}", "Transactions that the pools offered and a block couldn't take");
        _meter.CreateObservableCounter("grid.abandoned.blocks", () => Interlocked.Read(ref _abandoned), "{block}", "Blocks that were given up in the middle, after which the coordinator recovers");
        _duration = _meter.CreateHistogram("grid.block.duration", "s", "From the plan to the durable commit of a block", advice: Durations);
        _stage = _meter.CreateHistogram("grid.block.stage.duration", "s", "What each stage of a block took", advice: Durations);
    }

    /// <summary>Counts a committed block.</summary>
    /// <param name="postponed">Transactions that were offered for it and aren't in it.</param>
    public void Committed(BlockHeader header, int transactions, int postponed, in StageTimes times)
    {
        Interlocked.Increment(ref _blocks);
        Interlocked.Add(ref _transactions, transactions);
        Interlocked.Add(ref _gas, (long)header.GasUsed);
        Interlocked.Add(ref _postponed, postponed);
        _duration.Record(times.TotalMs / 1_000);
        RecordStage("order", times.OrderMs);
        RecordStage("plan", times.PlanMs);
        RecordStage("execute", times.ExecuteMs);
        RecordStage("validate", times.ValidateMs);
        RecordStage("apply", times.ApplyMs);
        RecordStage("root", times.RootMs);
        RecordStage("commit", times.CommitMs);
    }

    /// <summary>Counts a block that was given up.</summary>
    public void Abandoned() => Interlocked.Increment(ref _abandoned);

    public void Dispose() => _meter.Dispose();

    private void RecordStage(string stage, double ms) => _stage.Record(ms / 1_000, new KeyValuePair<string, object?>(StageLabel, stage));
}
