using Grid.Primitives;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Makes admissions durable in groups: pools that admit at once share a commit.</summary>
/// <remarks>
/// Safe because groups are written one after the other (<see cref="GroupLoop{TRequest, TResult}"/>), and a group is what its requests come to in their order, in one
/// statement: all of it is there or nothing.
/// </remarks>
internal sealed class PoolWriter : IAsyncDisposable
{
    private const string Update = """
        with gone as (
            delete from pool where hash = any ($1)
        )
        insert into pool (hash, sender, raw, admitted_unix_ms, admitted_after)
        select hash, sender, raw, admitted_unix_ms, (select number from head) from unnest($2, $3, $4, $5) as admitted (hash, sender, raw, admitted_unix_ms) order by hash
        on conflict (hash) do update
            set sender = excluded.sender, raw = excluded.raw, admitted_unix_ms = excluded.admitted_unix_ms, admitted_after = excluded.admitted_after
        """;

    private readonly PostgresDatabase _database;
    private readonly GroupLoop<Request, bool> _loop;

    public PoolWriter(PostgresDatabase database) => (_database, _loop) = (database, new GroupLoop<Request, bool>(database.Name, CommitAsync));

    /// <param name="admitted">Those to add, after the removals.</param>
    /// <param name="removed">Those to remove.</param>
    /// <param name="cancellation">Counts until the request is queued.</param>
    /// <exception cref="StorageException">Nothing was written, or all of it.</exception>
    public async ValueTask UpdateAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation)
    {
        if (admitted.Count > 0 || removed.Count > 0)
        {
            await _loop.RunAsync(new Request(admitted, removed), cancellation);
        }
    }

    /// <summary>Finishes what is queued.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task CommitAsync(IReadOnlyList<Request> group)
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
        foreach (var request in group)
        {
            request.Complete(true);
        }
    }

    private sealed class Request(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed)
        : GroupedRequest<bool>((removed.Count * (long)Hash256.Length) + admitted.Sum(entry => entry.Raw.Length + 64L))
    {
        public IReadOnlyList<PoolEntry> Admitted => admitted;

        public IReadOnlyList<Hash256> Removed => removed;
    }
}
