using System.Diagnostics.Metrics;
using Grid.Execution.Profiles;
using Microsoft.Extensions.Hosting;

namespace Grid.Grains.Load;

/// <summary>
/// The silo's execution figures as .NET metrics (meter "Grid.Execution"): whoever listens reads them, nobody pays for them otherwise. No label
/// but a fallback's reason, a prediction's outcome and an access list's use: their number is fixed.
/// </summary>
public sealed class ExecutionMeter(ExecutionCounters counters, ProfileTable profiles) : IHostedService
{
    public const string Name = "Grid.Execution";

    private readonly Meter _meter = new(Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ExecutionFigures Figures() => counters.Snapshot(profiles.Count);
        _meter.CreateObservableCounter("grid.blocks", () => Figures().Blocks, "{block}", "Blocks executed on this silo");
        _meter.CreateObservableCounter("grid.transactions", () => Figures().Transactions, "{transaction}", "Transactions offered to them");
        _meter.CreateObservableCounter("grid.executions", () => Figures().Executions, "{execution}", "How often a transaction was executed");
        _meter.CreateObservableCounter("grid.waves", () => Figures().Waves, "{wave}", "Rounds of execution");
        _meter.CreateObservableCounter("grid.strands", () => Figures().Strands, "{strand}", "Groups of transactions that were tied by the plans");
        _meter.CreateObservableCounter("grid.strands.anchored", () => Figures().Anchored, "{strand}", "Strands executed in a turn of an account's grain");
        _meter.CreateObservableGauge("grid.width.ideal", () => Figures().IdealWidth, "1", "By the last block's plan, the most that lanes could gain");
        _meter.CreateObservableGauge("grid.width.achieved", () => Figures().AchievedWidth, "{lane}", "Lanes busy during the last block's waves");
        _meter.CreateObservableGauge("grid.profiles", () => Figures().Profiles, "{contract}", "Contracts whose calls are known");
        _meter.CreateObservableCounter("grid.predictions", () => Predictions(Figures()), "{call}", "Calls compared with their prediction");
        _meter.CreateObservableCounter("grid.fallbacks", () => Fallbacks(Figures()), "{block}", "Blocks executed as one strand, or the rest of them");
        _meter.CreateObservableCounter("grid.access.lists", () => AccessLists(Figures()), "{block}", "Imported blocks that came with an access list, by what became of it");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _meter.Dispose();
        return Task.CompletedTask;
    }

    private static IEnumerable<Measurement<long>> Predictions(ExecutionFigures figures) =>
    [
        new(figures.PredictedRight, new KeyValuePair<string, object?>("outcome", "right")),
        new(figures.PredictedPartly, new KeyValuePair<string, object?>("outcome", "partly")),
        new(figures.PredictedWrong, new KeyValuePair<string, object?>("outcome", "wrong")),
    ];

    private static IEnumerable<Measurement<long>> Fallbacks(ExecutionFigures figures) =>
        figures.Fallbacks.Select(fallback => new Measurement<long>(fallback.Blocks, new KeyValuePair<string, object?>("reason", fallback.Reason)));

    private static IEnumerable<Measurement<long>> AccessLists(ExecutionFigures figures) =>
        figures.AccessLists.Select(list => new Measurement<long>(list.Blocks, new KeyValuePair<string, object?>("use", list.Use)));
}
