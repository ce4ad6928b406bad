using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;
using Grid.State.Stored;
using Grid.State.Trie;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>The store in PostgreSQL.</summary>
/// <remarks>
/// Safe because nothing is remembered here: a node that is read is checked against the hash that names it, whatever is written meanwhile, and
/// what makes writes safe is told by <see cref="StoreWriter"/>.
/// </remarks>
public sealed class PostgresStateStore : IStateStore, IAsyncDisposable
{
    private const string SelectShard = "select version, root from shards where prefix = $1";

    private const string SelectCode = "select code from codes where hash = $1";

    private readonly PostgresDatabase _database;
    private readonly StoreWriter _writer;
    private readonly AccountNodes _nodes;

    internal PostgresStateStore(PostgresDatabase database) => (_database, _writer, _nodes) = (database, new StoreWriter(database), new AccountNodes(database));

    public async ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default)
    {
        while (true)
        {
            if (await ReadVersionAsync(prefix, cancellation) is not var (version, root))
            {
                return null;
            }
            try
            {
                return new StoredShard(version, StateShard.Stored(prefix, in root, _nodes));
            }
            catch (MissingNodeException error)
            {
                if ((await ReadVersionAsync(prefix, cancellation))?.Version == version)
                {
                    throw new StorageException(StorageError.Corrupt, $"{_database.Name}: the top of shard '{prefix}' at block {version} is missing", error);
                }
                // It was written between the two reads.
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    public async ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default)
    {
        if (batches.Select(batch => batch.Prefix).Distinct().Count() < batches.Count)
        {
            return false;
        }
        var changes = new ShardChanges[batches.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var batch = batches[i];
            try
            {
                changes[i] = ShardChanges.Between(batch.Before, batch.After);
            }
            catch (MissingNodeException error)
            {
                if (batch.Follows((await ReadVersionAsync(batch.Prefix, cancellation))?.Version))
                {
                    throw new StorageException(StorageError.Corrupt, $"{_database.Name}: a node of shard '{batch.Prefix}' at block {batch.FromNumber} is missing", error);
                }
                return false; // another process has overwritten it
            }
        }
        return await _writer.WriteAsync(batches, changes, cancellation);
    }

    public Bytecode? ReadCode(in Hash256 codeHash)
    {
        var hash = codeHash;
        return _database.Read(connection =>
        {
            using var command = new NpgsqlCommand(SelectCode, connection).With(hash);
            return command.ExecuteScalar() is byte[] code ? new Bytecode(code, hash) : null;
        });
    }

    /// <summary>Finishes the batches that are queued.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private ValueTask<(ulong Version, SliceRoot Root)?> ReadVersionAsync(TriePath prefix, CancellationToken cancellation) =>
        _database.ReadAsync<(ulong, SliceRoot)?>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(SelectShard, connection).With(StoredNodes.KeyOf(in prefix));
                await using var row = await command.ExecuteReaderAsync(cancellation);
                if (!await row.ReadAsync(cancellation))
                {
                    return null;
                }
                try
                {
                    return (row.Number(0), SliceRoot.Decode(row.Bytes(1)));
                }
                catch (RlpException)
                {
                    throw Columns.Corrupt(row, 1);
                }
            },
            cancellation);

    /// <summary>The records of a statement's rows, by the place in their first column, in the order of these places.</summary>
    private static byte[]?[] ReadRecords(NpgsqlCommand command, byte[][] paths)
    {
        using var row = command.ExecuteReader();
        var found = new Dictionary<string, byte[]>(paths.Length);
        while (row.Read())
        {
            found[Convert.ToHexString(row.Bytes(0))] = row.Bytes(1);
        }
        return [.. paths.Select(path => found.GetValueOrDefault(Convert.ToHexString(path)))];
    }

    private static TrieNode?[] Decode<TValue>(byte[]?[] records, IReadOnlyList<UnloadedNode> wanted)
        where TValue : struct, IStoredValue<TValue>
    {
        var nodes = new TrieNode?[records.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = StoredNodes.TryDecode<TValue>(records[i], wanted[i].Path, wanted[i].Hash, out var node) ? node : null;
        }
        return nodes;
    }

    private sealed class AccountNodes(PostgresDatabase database) : IShardNodes
    {
        private const string Select = "select record from account_nodes where path = $1", SelectAll = "select path, record from account_nodes where path = any ($1)";

        public bool IsDistant => true;

        public TrieNode?[] LoadAll(IReadOnlyList<UnloadedNode> wanted)
        {
            var paths = wanted.Select(x => StoredNodes.KeyOf(x.Path)).ToArray();
            return Decode<AccountLeaf>(
                database.Read(connection =>
                {
                    using var command = new NpgsqlCommand(SelectAll, connection).With(paths);
                    return ReadRecords(command, paths);
                }),
                wanted);
        }

        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node)
        {
            var key = StoredNodes.KeyOf(in path);
            var record = database.Read(connection =>
            {
                using var command = new NpgsqlCommand(Select, connection).With(key);
                return command.ExecuteScalar() as byte[];
            });
            return StoredNodes.TryDecode<AccountLeaf>(record, in path, in hash, out node);
        }

        public INodeSource StorageOf(in Hash256 account) => new StorageNodes(database, account);
    }

    private sealed class StorageNodes(PostgresDatabase database, Hash256 account) : INodeSource
    {
        private const string Select = "select record from storage_nodes where account = $1 and path = $2",
            SelectAll = "select path, record from storage_nodes where account = $1 and path = any ($2)";

        public bool IsDistant => true;

        public TrieNode?[] LoadAll(IReadOnlyList<UnloadedNode> wanted)
        {
            var paths = wanted.Select(x => StoredNodes.KeyOf(x.Path)).ToArray();
            return Decode<SlotValue>(
                database.Read(connection =>
                {
                    using var command = new NpgsqlCommand(SelectAll, connection).With(account).With(paths);
                    return ReadRecords(command, paths);
                }),
                wanted);
        }

        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node)
        {
            var key = StoredNodes.KeyOf(in path);
            var record = database.Read(connection =>
            {
                using var command = new NpgsqlCommand(Select, connection).With(account).With(key);
                return command.ExecuteScalar() as byte[];
            });
            return StoredNodes.TryDecode<SlotValue>(record, in path, in hash, out node);
        }
    }
}
