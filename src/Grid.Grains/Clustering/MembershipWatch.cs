using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Grid.Grains.Clustering;

/// <summary>
/// Asks the cluster again and again who its members are, so that a silo which stands still without dying is left out as soon as the others have declared
/// it dead: its connections stay, and tell nothing.
/// </summary>
internal sealed partial class MembershipWatch(IGrainFactory grains, SiloGateways gateways, ILogger<MembershipWatch> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1), AnswerTime = TimeSpan.FromSeconds(1), RetryPause = TimeSpan.FromMilliseconds(200);

    /// <summary>How long what was told last holds while nobody answers; then all silos are tried.</summary>
    private static readonly TimeSpan MemoryTime = TimeSpan.FromSeconds(15);

    /// <summary>Orleans' client sends what goes to one key through one silo, and what goes to the next key most likely through another.</summary>
    private const int Keys = 64;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var key = 0;
        var answered = Stopwatch.GetTimestamp();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                // Any silo has the grain, and reads the members from the database.
                gateways.Learn(await grains.GetGrain<IManagementGrain>(key).GetDetailedHosts().WaitAsync(AnswerTime, cancellation));
                answered = Stopwatch.GetTimestamp();
                await Task.Delay(Period, cancellation);
            }
            // Whatever the silo's database or the network came to: it may be this silo only, so another one is asked without waiting for the next time.
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                LogUnanswered(error.Message);
                key = (key + 1) % Keys;
                if (Stopwatch.GetElapsedTime(answered) > MemoryTime)
                {
                    gateways.Forget();
                }
                await Task.Delay(RetryPause, cancellation);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A silo didn't tell who the members are: {Reason}")]
    private partial void LogUnanswered(string reason);
}
