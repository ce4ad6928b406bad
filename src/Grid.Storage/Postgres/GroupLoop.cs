using System.Threading.Channels;

namespace Grid.Storage.Postgres;

/// <summary>What waits for a transaction that it shares with others.</summary>
/// <param name="bytes">About how much of a message it makes.</param>
internal abstract class GroupedRequest<TResult>(long bytes)
{
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Bytes { get; } = bytes;

    public Task<TResult> Done => _done.Task;

    public void Complete(TResult result) => _done.TrySetResult(result);

    public void Fail(Exception error) => _done.TrySetException(error);
}

/// <summary>
/// One transaction at a time: whatever waits when the one before is committed becomes the next group. Callers that come at once share a
/// commit and a connection, and a slow disk makes groups larger instead of queues longer.
/// </summary>
/// <remarks>
/// Safe because one loop takes requests and commits groups one after the other, so those of this process take effect in the order in which they
/// were queued, and a request is answered after its group.
/// </remarks>
internal sealed class GroupLoop<TRequest, TResult> : IAsyncDisposable
    where TRequest : GroupedRequest<TResult>
{
    private const int WaitingMax = 1_024, RequestsMax = 256;

    /// <summary>A group ends with the request that takes it over this: far below the gigabyte that a message of PostgreSQL's may have.</summary>
    private const long GroupBytes = 8L << 20;

    private readonly string _database;
    private readonly Func<IReadOnlyList<TRequest>, Task> _commit;
    private readonly Channel<TRequest> _requests = Channel.CreateBounded<TRequest>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Task _loop;

    /// <param name="database">Its name, for errors.</param>
    /// <param name="commit">Makes a group durable and completes its requests; those that it leaves fail when it throws.</param>
    public GroupLoop(string database, Func<IReadOnlyList<TRequest>, Task> commit)
    {
        (_database, _commit) = (database, commit);
        _loop = Task.Run(RunAsync);
    }

    /// <param name="request">Completed when its group is durable.</param>
    /// <param name="cancellation">Counts until the request is queued.</param>
    /// <exception cref="StorageException">Nothing was written, or all of it.</exception>
    public async Task<TResult> RunAsync(TRequest request, CancellationToken cancellation)
    {
        try
        {
            await _requests.Writer.WriteAsync(request, cancellation);
        }
        catch (ChannelClosedException)
        {
            throw new StorageException(StorageError.Unavailable, $"{_database} is closed");
        }
        return await request.Done;
    }

    /// <summary>Finishes what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var group = new List<TRequest>(RequestsMax);
        while (await _requests.Reader.WaitToReadAsync())
        {
            group.Clear();
            var bytes = 0L;
            while (group.Count < RequestsMax && bytes < GroupBytes && _requests.Reader.TryRead(out var request))
            {
                group.Add(request);
                bytes += request.Bytes;
            }
            try
            {
                await _commit(group);
            }
            catch (Exception error) // a boundary: it is the callers', and this loop serves everybody
            {
                group.ForEach(request => request.Fail(error));
            }
        }
    }
}
