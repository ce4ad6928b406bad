using System.Threading.Channels;
using Grid.Primitives;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>
/// Makes admissions durable in groups: whatever waits when the transaction before is committed becomes the next one. Pools that admit at once
/// share a commit, and a slow disk makes groups larger instead of queues longer.
/// </summary>
/// <remarks>
/// Safe because one loop takes requests and commits groups one after the other, so those of this process take effect in the order in which they were queued. A group is
/// what its requests come to one after the other, and one statement: all of it is there or nothing, and a request is answered after that.
/// </remarks>
internal sealed class PoolWriter : IAsyncDisposable
{
    private const int WaitingMax = 1_024, RequestsMax = 256;

    /// <summary>A group ends with the request that takes it over this: far below the gigabyte that a message of PostgreSQL's may have.</summary>
    private const long GroupBytes = 8L << 20;

    private const string Update = """
        with gone as (
            delete from pool where hash = any ($1)
        )
        insert into pool (hash, sender, raw, admitted_unix_ms)
        select * from unnest($2, $3, $4, $5) as admitted (hash, sender, raw, admitted_unix_ms) order by hash
        on conflict (hash) do update set sender = excluded.sender, raw = excluded.raw, admitted_unix_ms = excluded.admitted_unix_ms
        """;

    private readonly PostgresDatabase _database;
    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Task _loop;

    public PoolWriter(PostgresDatabase database)
    {
        _database = database;
        _loop = Task.Run(RunAsync);
    }

    /// <param name="admitted">Those to add, after the removals.</param>
    /// <param name="removed">Those to remove.</param>
    /// <param name="cancellation">Counts until the request is queued.</param>
    /// <exception cref="StorageException">Nothing was written, or all of it.</exception>
    public async ValueTask UpdateAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation)
    {
        if (admitted.Count == 0 && removed.Count == 0)
        {
            return;
        }
        var request = new Request(admitted, removed);
        try
        {
            await _requests.Writer.WriteAsync(request, cancellation);
        }
        catch (ChannelClosedException)
        {
            throw new StorageException(StorageError.Unavailable, $"{_database.Name} is closed");
        }
        await request.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var group = new List<Request>(RequestsMax);
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
                await CommitAsync(group);
                group.ForEach(request => request.Done.TrySetResult());
            }
            catch (Exception error) // a boundary: it is the callers', and this loop serves everybody
            {
                group.ForEach(request => request.Done.TrySetException(error));
            }
        }
    }

    private async Task CommitAsync(List<Request> group)
    {
        var outcome = new Dictionary<Hash256, PoolEntry?>();
        foreach (var request in group)
        {
            foreach (var hash in request.Removed)
            {
                outcome[hash] = null;
            }
            foreach (var entry in request.Admitted)
            {
                outcome[entry.Hash] = entry;
            }
        }
        var removed = outcome.Where(x => x.Value is null).Select(x => x.Key.ToArray()).ToArray();
        var admitted = outcome.Values.OfType<PoolEntry>().ToArray();
        await _database.WriteAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(Update, connection)
                    .With(removed)
                    .With(Array.ConvertAll(admitted, entry => entry.Hash.ToArray()))
                    .With(Array.ConvertAll(admitted, entry => entry.Sender.ToArray()))
                    .With(Array.ConvertAll(admitted, entry => entry.Raw.ToArray()))
                    .With(Array.ConvertAll(admitted, entry => entry.AdmittedUnixMs));
                return await command.ExecuteNonQueryAsync(CancellationToken.None);
            },
            CancellationToken.None);
    }

    private sealed record Request(IReadOnlyList<PoolEntry> Admitted, IReadOnlyList<Hash256> Removed)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes { get; } = (Removed.Count * (long)Hash256.Length) + Admitted.Sum(entry => entry.Raw.Length + 64L);
    }
}
