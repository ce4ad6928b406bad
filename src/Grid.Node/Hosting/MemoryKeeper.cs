using Microsoft.Extensions.Hosting;

namespace Grid.Node.Hosting;

/// <summary>Has the collector come early when the process nears its limit, and give back what it frees: left to itself it waits for the machine to run short.</summary>
internal sealed class MemoryKeeper(MemoryPlan plan, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>A collection stops everything for a moment: not more than a share of the time may go into it.</summary>
    private const int PausesApart = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        var notBefore = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Environment.WorkingSet < plan.CollectBytes || time.GetTimestamp() < notBefore)
            {
                continue;
            }
            var start = time.GetTimestamp();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var end = time.GetTimestamp();
            notBefore = end + ((end - start) * PausesApart);
        }
    }
}
