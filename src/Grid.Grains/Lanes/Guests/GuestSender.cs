using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Grid.Grains.Lanes.Guests;

/// <summary>Has another silo execute work of a wave: one message, whatever the number of batches.</summary>
/// <remarks>Safe because it has no state of its own; each piece of work is touched by one lane at a time.</remarks>
public sealed partial class GuestSender(LaneThreads lanes, SiloDirectory silos, ILogger<GuestSender> logger)
{
    /// <summary>Returns the work that is still to be done, by somebody else: nothing, or all of it where the silo failed or isn't that far.</summary>
    /// <param name="work">Each is sendable.</param>
    /// <param name="content"><see cref="GuestContent"/> of that work, encoded.</param>
    public async Task<(IReadOnlyList<LaneWork> Left, int Fetches)> RunAsync(SiloAddress silo, BlockHeader parent, IReadOnlyList<LaneWork> work, byte[] content)
    {
        try
        {
            if (await silos.LaneOf(silo).ExecuteGuests(new GuestWork(parent.Number, parent.Hash, content)) is not { } outcome)
            {
                return (work, 0);
            }
            await Task.WhenAll(work.Select((x, i) => lanes.RunAsync(() =>
            {
                ((ISendable)x.Work).Adopt(outcome.Batches[i]);
                return true;
            })));
            return ([], outcome.Fetches);
        }
        catch (Exception error) when (error is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException or StateMovedException or FormatException)
        {
            // A silo that dies in the middle of a block costs the time of a wave. What it had taken over from before stands as well as what is executed here.
            LogFailed(silo.ToString(), error.Message);
            return (work, 0);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} didn't execute its part of a block: {Reason}")]
    private partial void LogFailed(string silo, string reason);
}
