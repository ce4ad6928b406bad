using Orleans.Runtime;

namespace Grid.Grains.Clustering;

/// <summary>
/// Ends the questions of a client that wait for an answer. Orleans' client closes its connection to a silo that isn't in its list any more, and leaves
/// what was sent through it waiting until it times out; nor does it tell through which silo a question went. So all of them end: asking again is safe.
/// </summary>
/// <remarks>Safe because whoever gives up takes the source out first: each is cancelled once, and a question holds on to the one that it began with.</remarks>
internal sealed class WaitingQuestions : IOutgoingGrainCallFilter
{
    private CancellationTokenSource _given = new();

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var given = Volatile.Read(ref _given).Token;
        try
        {
            await context.Invoke().WaitAsync(given);
        }
        catch (OperationCanceledException) when (given.IsCancellationRequested)
        {
            throw new SiloUnavailableException($"A silo was lost while {context.InterfaceName}.{context.MethodName} waited for an answer.");
        }
    }

    /// <summary>Ends those that wait now, with <see cref="SiloUnavailableException"/>.</summary>
    // The source has no timer and no handle, so there is nothing to dispose, and questions may still read its token.
    public void GiveUp() => Interlocked.Exchange(ref _given, new CancellationTokenSource()).Cancel();
}
