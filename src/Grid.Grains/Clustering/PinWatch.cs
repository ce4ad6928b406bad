using System.Data.Common;
using Grid.Grains.Placement;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Grid.Grains.Clustering;

/// <summary>Asks now and then which shards are given to which silos: one that starts wasn't told, and a message may have been lost.</summary>
internal sealed class PinWatch(IGrainFactory grains, ShardPins pins) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period);
        do
        {
            try
            {
                pins.Learn(await grains.GetGrain<IClusterSettingsGrain>(0).GetPins());
            }
            catch (Exception error) when (error is OrleansException or TimeoutException or DbException)
            {
                // The grain's silo or the database is away: next time will do.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
