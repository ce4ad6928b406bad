using System.Threading.Channels;
using RocksDbSharp;

namespace Grid.Storage.RocksDb;

/// <summary>
/// The one thread that writes. Whatever waits when it comes round becomes durable in one synchronous write: sixteen pools that
/// admit at the same time share one flush of the disk, and no thread of the pool's is blocked by it.
/// </summary>
/// <remarks>
/// Safe because fillers run on this thread only, one after the other: what decides whether a write is made (head, fencing number, the
/// shards' versions) belongs to it and needs no lock. A filler may take its own write for done, as those after it in the group
/// must, because after a write that fails the folder makes no other one until it has opened the database again, and everything is read anew.
/// </remarks>
internal sealed class GroupWriter : IDisposable
{
    private const int WaitingMax = 1_024;
    private const int GroupMax = 256;

    private readonly RocksDbFolder _folder;
    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Thread _thread;

    public GroupWriter(RocksDbFolder folder)
    {
        _folder = folder;
        _thread = new Thread(Run) { IsBackground = true, Name = "Grid storage" };
        _thread.Start();
    }

    /// <summary>Has the thread fill a batch, and completes when it is durable. A filler that throws leaves nothing behind.</summary>
    /// <param name="fill">Decides, puts what it has to write into the batch, and returns what the caller gets.</param>
    /// <param name="cancellation">Counts until the request is queued.</param>
    /// <exception cref="StorageException">Nothing was written, or nobody knows: then all that follows fails, too, until the database is open again.</exception>
    public async Task<T> WriteAsync<T>(Func<WriteBatch, T> fill, CancellationToken cancellation)
    {
        var request = new Request<T>(fill);
        try
        {
            await _requests.Writer.WriteAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw _folder.Closed();
        }
        return await request.Done.ConfigureAwait(false);
    }

    /// <summary>Has the thread come round, to open the database again when it is time. Where something is queued, it comes anyway.</summary>
    public void Wake() => _requests.Writer.TryWrite(new Request<bool>(static _ => true));

    /// <summary>Finishes what is queued, and ends the thread.</summary>
    public void Dispose()
    {
        _requests.Writer.TryComplete();
        _thread.Join();
    }

    private void Run()
    {
        var group = new List<Request>(GroupMax);
        while (_requests.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < GroupMax && _requests.Reader.TryRead(out var request))
            {
                group.Add(request);
            }
            Write(group);
        }
    }

    private void Write(List<Request> group)
    {
        if (_folder.TryRecover() is { } failure)
        {
            group.ForEach(request => request.Fail(failure));
            return;
        }
        using var batch = new WriteBatch();
        foreach (var request in group)
        {
            batch.SetSavePoint();
            if (!request.TryFill(batch))
            {
                batch.RollbackToSavePoint();
            }
        }
        try
        {
            if (batch.Count() > 0)
            {
                _folder.Write(batch);
            }
        }
        catch (StorageException error)
        {
            group.ForEach(request => request.Fail(error));
            return;
        }
        _folder.Journal.ShowAppended();
        group.ForEach(request => request.Complete());
        _folder.WriteIndex();
    }

    private abstract class Request
    {
        public abstract bool TryFill(WriteBatch batch);

        public abstract void Complete();

        public abstract void Fail(StorageException error);
    }

    private sealed class Request<T>(Func<WriteBatch, T> fill) : Request
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Done => _done.Task;

        public override bool TryFill(WriteBatch batch)
        {
            try
            {
                _result = fill(batch);
                return true;
            }
            catch (Exception error) // a boundary: it is the caller's, and this thread serves everybody
            {
                _done.TrySetException(error);
                return false;
            }
        }

        public override void Complete() => _done.TrySetResult(_result);

        public override void Fail(StorageException error) => _done.TrySetException(error);
    }
}
