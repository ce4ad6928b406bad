using Grid.Grains.Coordinator;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.Hosting;

/// <summary>
/// Keeps the coordinator active: it recovers when the cluster starts, and again soon after an activation ended or its silo
/// died, without waiting for somebody's transaction.
/// </summary>
public sealed partial class CoordinatorKeeper(IGrainFactory grains, ILogger<CoordinatorKeeper> logger) : BackgroundService
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
                    await coordinator.Describe();
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The coordinator can't be reached: {Reason}")]
    private partial void LogUnreachable(string reason);
}
