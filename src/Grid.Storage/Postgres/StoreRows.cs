using Grid.State.Stored;
using Npgsql;
using NpgsqlTypes;

namespace Grid.Storage.Postgres;

/// <summary>
/// The rows that a write changes, inside its transaction: the genesis state by binary COPY, as the tables have nothing of its shards yet, and all else in
/// arrays, many rows a statement, of all batches together.
/// </summary>
/// <remarks>Used by one caller at a time.</remarks>
/// <param name="connection">In a transaction.</param>
internal sealed class StoreRows(NpgsqlConnection connection)
{
    /// <summary>Rows a statement. A node's record has 2 KiB at most, and code 64 KiB (EIP-7907): some megabytes.</summary>
    private const int NodesMax = 4_096, CodesMax = 128;

    private readonly Rows _cleared = new(connection, "delete from storage_nodes where account = any ($1)", 1, NodesMax);

    private readonly Rows _goneAccountNodes = new(connection, "delete from account_nodes where path = any ($1)", 1, NodesMax);

    private readonly Rows _goneStorageNodes = new(
        connection,
        "delete from storage_nodes using unnest($1, $2) as gone (account, path) where storage_nodes.account = gone.account and storage_nodes.path = gone.path",
        2,
        NodesMax);

    private readonly Rows _accountNodes = new(
        connection, "insert into account_nodes (path, record) select * from unnest($1, $2) on conflict (path) do update set record = excluded.record", 2, NodesMax);

    private readonly Rows _storageNodes = new(
        connection,
        "insert into storage_nodes (account, path, record) select * from unnest($1, $2, $3) on conflict (account, path) do update set record = excluded.record",
        3,
        NodesMax);

    private readonly Rows _codes = new(connection, "insert into codes (hash, code) select * from unnest($1, $2) on conflict do nothing", 2, CodesMax);

    /// <summary>Writes what a batch changes, or keeps it for <see cref="FlushAsync"/>.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="changes">What it changes.</param>
    /// <param name="isNew">Whether the tables have nothing yet of its shard.</param>
    public async Task WriteAsync(StoreBatch batch, ShardChanges changes, bool isNew)
    {
        foreach (var code in batch.Codes)
        {
            await _codes.AddAsync(code.Hash.ToArray(), code.Bytes);
        }
        if (isNew)
        {
            await CopyAsync(changes.Nodes);
            return;
        }
        foreach (var account in changes.ClearedStorage)
        {
            await _cleared.AddAsync(account.ToArray());
        }
        await _cleared.FlushAsync(); // what is written after it stays
        foreach (var (place, record) in changes.Nodes)
        {
            var path = StoredNodes.KeyOf(place.Path);
            var added = (place.Account, record) switch
            {
                (null, null) => _goneAccountNodes.AddAsync(path),
                (null, _) => _accountNodes.AddAsync(path, record),
                ({ } account, null) => _goneStorageNodes.AddAsync(account.ToArray(), path),
                ({ } account, _) => _storageNodes.AddAsync(account.ToArray(), path, record),
            };
            await added;
        }
    }

    /// <summary>Writes what is kept.</summary>
    public async Task FlushAsync()
    {
        foreach (var rows in new[] { _goneAccountNodes, _goneStorageNodes, _accountNodes, _storageNodes, _codes })
        {
            await rows.FlushAsync();
        }
    }

    private async Task CopyAsync(IReadOnlyList<NodeChange> nodes)
    {
        await using (var copy = await connection.BeginBinaryImportAsync("copy account_nodes (path, record) from stdin (format binary)"))
        {
            foreach (var (place, record) in nodes)
            {
                if (place.Account is null)
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync(StoredNodes.KeyOf(place.Path), NpgsqlDbType.Bytea);
                    await copy.WriteAsync(record!, NpgsqlDbType.Bytea);
                }
            }
            await copy.CompleteAsync();
        }
        await using (var copy = await connection.BeginBinaryImportAsync("copy storage_nodes (account, path, record) from stdin (format binary)"))
        {
            foreach (var (place, record) in nodes)
            {
                if (place.Account is { } account)
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync(account.ToArray(), NpgsqlDbType.Bytea);
                    await copy.WriteAsync(StoredNodes.KeyOf(place.Path), NpgsqlDbType.Bytea);
                    await copy.WriteAsync(record!, NpgsqlDbType.Bytea);
                }
            }
            await copy.CompleteAsync();
        }
    }

    /// <summary>Rows of one statement, which takes a column of bytes as each of its parameters.</summary>
    private sealed class Rows(NpgsqlConnection connection, string sql, int columns, int rowsMax)
    {
        private readonly List<byte[]>[] _columns = [.. Enumerable.Range(0, columns).Select(_ => new List<byte[]>())];

        public async ValueTask AddAsync(params byte[][] row)
        {
            for (var i = 0; i < row.Length; i++)
            {
                _columns[i].Add(row[i]);
            }
            if (_columns[0].Count == rowsMax)
            {
                await FlushAsync();
            }
        }

        public async ValueTask FlushAsync()
        {
            if (_columns[0].Count == 0)
            {
                return;
            }
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var column in _columns)
            {
                command.With(column.ToArray());
                column.Clear();
            }
            await command.ExecuteNonQueryAsync();
        }
    }
}
