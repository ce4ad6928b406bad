using Grid.Grains.Coordinator;
using Grid.Grains.Snapshots;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.Hosting;

/// <summary>
/// Keeps the coordinator active: it recovers when the cluster starts, and again soon after an activation ended, its silo
/// died, or silos came or went, without waiting for somebody's transaction; and this silo comes to its head. When this silo stops, it has the block
/// at hand finished before: a silo that leaves can't apply one any more.
/// </summary>
public sealed partial class CoordinatorKeeper(IGrainFactory grains, SiloHead head, BlockGate gate, ILogger<CoordinatorKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var coordinator = grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                try
                {
                    await coordinator.Settle();
                    await head.CatchUpAsync();
                }
                catch (Exception error) when (error is not OperationCanceledException) // a boundary: reported, and tried again
                {
                    LogUnreachable(error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    /// <summary>Runs before the silo stops, because services stop in the reverse of the order in which they were added.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await gate.CloseAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The coordinator can't be reached: {Reason}")]
    private partial void LogUnreachable(string reason);
}
