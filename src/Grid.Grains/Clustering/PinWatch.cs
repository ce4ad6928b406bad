using Grid.Grains.Placement;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.Clustering;

/// <summary>Asks now and then which shards are given to which silos: one that starts wasn't told, and a message may have been lost.</summary>
internal sealed partial class PinWatch(IGrainFactory grains, ShardPins pins, ILogger<PinWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                pins.Learn(await grains.GetGrain<IClusterSettingsGrain>(0).GetPins().WaitAsync(stoppingToken));
            }
            catch (Exception error) // the silo starts or stops, the grain's silo or the database is away: next time will do
            {
                LogUnanswered(error.Message);
            }
            await Task.Delay(Period, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The cluster didn't tell its pins: {Reason}")]
    private partial void LogUnanswered(string reason);
}
