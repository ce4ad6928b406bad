using Grid.State.Stored;
using Grid.State.Trie;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Writes batches to the store in groups: the shards of a silo, which write at about the same time, share a transaction.</summary>
/// <remarks>
/// Safe, with any number of processes, because a transaction begins by locking the rows of the shards that it writes, and compares the versions in them with those
/// that the batches start at: a second writer of a shard waits until the first one has committed, and then finds another version.
/// Where there is no row yet, two that make it at once meet at the primary key.
/// </remarks>
internal sealed class StoreWriter : IAsyncDisposable
{
    // In order, so that two processes that write several shards meet the same one first.
    private const string LockShards = "select prefix, version from shards where prefix = any ($1) order by prefix for update";

    private const string AddShards = "insert into shards (prefix, version, root) select * from unnest($1, $2, $3) on conflict do nothing";

    private const string MoveShards = """
        update shards set version = moved.version, root = moved.root
        from unnest($1, $2, $3) as moved (prefix, version, root) where shards.prefix = moved.prefix
        """;

    private readonly PostgresDatabase _database;
    private readonly GroupLoop<Request, bool> _loop;

    public StoreWriter(PostgresDatabase database) => (_database, _loop) = (database, new GroupLoop<Request, bool>(database.Name, CommitAsync));

    /// <param name="batches">One a shard at most.</param>
    /// <param name="changes">What each changes.</param>
    /// <param name="cancellation">Counts until the request is queued.</param>
    /// <returns>False when a batch doesn't start at the store's version: nothing was written.</returns>
    /// <exception cref="StorageException">Nothing was written, or all of it.</exception>
    public Task<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, ShardChanges[] changes, CancellationToken cancellation) =>
        _loop.RunAsync(new Request(batches, changes), cancellation);

    /// <summary>Finishes what is queued.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task CommitAsync(IReadOnlyList<Request> group)
    {
        var waiting = group;
        while (waiting.Count > 0)
        {
            // A shard is written once in a transaction: who comes for it again is next.
            var prefixes = new HashSet<TriePath>();
            var together = waiting.Where(request => request.Batches.All(batch => prefixes.Add(batch.Prefix))).ToList();
            waiting = [.. waiting.Except(together)];
            await CommitTogetherAsync(together);
        }
    }

    private async Task CommitTogetherAsync(List<Request> group)
    {
        try
        {
            List<Request>? written;
            do
            {
                written = await _database.WriteAsync(connection => TryWriteAsync(connection, group), CancellationToken.None);
            }
            while (written is null);
            group.ForEach(request => request.Complete(written.Contains(request)));
        }
        catch (StorageException error) when (error.Error != StorageError.Unavailable && group.Count > 1)
        {
            // What is wrong with one of them isn't the others' trouble.
            foreach (var request in group)
            {
                try
                {
                    await CommitTogetherAsync([request]);
                }
                catch (StorageException own)
                {
                    request.Fail(own);
                }
            }
        }
    }

    /// <summary>Writes those of the group that start at the store's versions, and returns them; null when another process has just added one of the shards.</summary>
    private static async Task<List<Request>?> TryWriteAsync(NpgsqlConnection connection, List<Request> group)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var versions = await LockAsync(connection, group);
        var written = group.Where(request => request.Batches.All(batch => batch.Follows(versions.TryGetValue(batch.Prefix, out var version) ? version : null))).ToList();
        var isNew = written.SelectMany(request => request.Batches).ToLookup(batch => !versions.ContainsKey(batch.Prefix));
        if (await WriteVersionsAsync(connection, AddShards, isNew[true]) < isNew[true].Count())
        {
            return null;
        }
        await WriteVersionsAsync(connection, MoveShards, isNew[false]);
        var rows = new StoreRows(connection);
        foreach (var request in written)
        {
            for (var i = 0; i < request.Changes.Length; i++)
            {
                await rows.WriteAsync(request.Batches[i], request.Changes[i], isNew: !versions.ContainsKey(request.Batches[i].Prefix));
            }
        }
        await rows.FlushAsync();
        await transaction.CommitAsync();
        return written;
    }

    private static async Task<Dictionary<TriePath, ulong>> LockAsync(NpgsqlConnection connection, List<Request> group)
    {
        var prefixes = group.SelectMany(request => request.Batches).ToDictionary(batch => Convert.ToHexString(StoredNodes.KeyOf(batch.Prefix)), batch => batch.Prefix);
        var versions = new Dictionary<TriePath, ulong>();
        await using var command = new NpgsqlCommand(LockShards, connection).With([.. prefixes.Values.Select(prefix => StoredNodes.KeyOf(prefix))]);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            versions.Add(prefixes[Convert.ToHexString(row.Bytes(0))], row.Number(1));
        }
        return versions;
    }

    private static async Task<int> WriteVersionsAsync(NpgsqlConnection connection, string sql, IEnumerable<StoreBatch> batches)
    {
        var all = batches.ToList();
        if (all.Count == 0)
        {
            return 0;
        }
        await using var command = new NpgsqlCommand(sql, connection)
            .With([.. all.Select(batch => StoredNodes.KeyOf(batch.Prefix))])
            .With([.. all.Select(batch => checked((long)batch.ToNumber))])
            .With([.. all.Select(batch => batch.After.Root().Encode())]);
        return await command.ExecuteNonQueryAsync();
    }

    private sealed class Request(IReadOnlyList<StoreBatch> batches, ShardChanges[] changes)
        : GroupedRequest<bool>(changes.Sum(x => x.Nodes.Sum(node => (node.Record?.Length ?? 0) + 100L)))
    {
        public IReadOnlyList<StoreBatch> Batches => batches;

        public ShardChanges[] Changes => changes;
    }
}
