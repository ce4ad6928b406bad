using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;
using Grid.State.Stored;
using Grid.State.Trie;
using Grid.Storage.RocksDb;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>The store in PostgreSQL.</summary>
/// <remarks>
/// Safe, with any number of processes, because a write is one transaction that begins by moving the shards' versions on where they are those that the
/// batches start at: this locks their rows until the commit, so a second writer of a shard waits, and then finds another version. A node that
/// is read is checked against the hash that names it, whatever is written meanwhile.
/// </remarks>
public sealed class PostgresStateStore : IStateStore
{
    // The genesis state is the one batch that starts where nothing is. Two that install it at once meet at the primary key.
    private const string MoveShards = """
        with batches as (
            select * from unnest($1, $2, $3, $4) as batch (prefix, from_version, to_version, root)
        ), moved as (
            update shards set version = to_version, root = batches.root from batches
            where shards.prefix = batches.prefix and shards.version = from_version
            returning 1
        ), added as (
            insert into shards (prefix, version, root)
            select prefix, to_version, root from batches
            where from_version = 0 and to_version = 0 and not exists (select from shards where shards.prefix = batches.prefix)
            on conflict do nothing
            returning 1
        )
        select (select count(*) from moved), (select count(*) from added)
        """;

    private const string SelectShard = "select version, root from shards where prefix = $1";

    private const string SelectCode = "select code from codes where hash = $1";

    private readonly PostgresDatabase _database;
    private readonly AccountNodes _nodes;

    internal PostgresStateStore(PostgresDatabase database) => (_database, _nodes) = (database, new AccountNodes(database));

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
        return await _database.WriteAsync(connection => WriteAsync(connection, batches, changes), cancellation);
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

    private static async Task<bool> WriteAsync(NpgsqlConnection connection, IReadOnlyList<StoreBatch> batches, ShardChanges[] changes)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        long moved, added;
        await using (var command = new NpgsqlCommand(MoveShards, connection))
        {
            command
                .With([.. batches.Select(batch => StoreFormat.NodeKey(batch.Prefix))])
                .With([.. batches.Select(batch => checked((long)batch.FromNumber))])
                .With([.. batches.Select(batch => checked((long)batch.ToNumber))])
                .With([.. batches.Select(batch => batch.After.Root().Encode())]);
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();
            (moved, added) = (row.GetInt64(0), row.GetInt64(1));
        }
        if (moved + added != batches.Count)
        {
            return false; // disposing the transaction undoes it
        }
        var rows = new StoreRows(connection, isEmpty: added == batches.Count);
        for (var i = 0; i < changes.Length; i++)
        {
            await rows.WriteAsync(batches[i], changes[i]);
        }
        await rows.FlushAsync();
        await transaction.CommitAsync();
        return true;
    }

    private ValueTask<(ulong Version, SliceRoot Root)?> ReadVersionAsync(TriePath prefix, CancellationToken cancellation) =>
        _database.ReadAsync<(ulong, SliceRoot)?>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(SelectShard, connection).With(StoreFormat.NodeKey(in prefix));
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

    private static bool TryDecode<TValue>(byte[]? record, in TriePath path, in Hash256 hash, out TrieNode node)
        where TValue : struct, IStoredValue<TValue>
    {
        node = null!;
        try
        {
            return record is not null && NodeRecord.TryDecode<TValue>(record, in path, in hash, out node!);
        }
        catch (InvalidDataException error)
        {
            throw new StorageException(StorageError.Corrupt, $"the trie node at '{path}': {error.Message}", error);
        }
    }

    private sealed class AccountNodes(PostgresDatabase database) : IShardNodes
    {
        private const string Select = "select record from account_nodes where path = $1";

        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node)
        {
            var key = StoreFormat.NodeKey(in path);
            var record = database.Read(connection =>
            {
                using var command = new NpgsqlCommand(Select, connection).With(key);
                return command.ExecuteScalar() as byte[];
            });
            return TryDecode<AccountLeaf>(record, in path, in hash, out node);
        }

        public INodeSource StorageOf(in Hash256 account) => new StorageNodes(database, account);
    }

    private sealed class StorageNodes(PostgresDatabase database, Hash256 account) : INodeSource
    {
        private const string Select = "select record from storage_nodes where account = $1 and path = $2";

        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node)
        {
            var key = StoreFormat.NodeKey(in path);
            var record = database.Read(connection =>
            {
                using var command = new NpgsqlCommand(Select, connection).With(account).With(key);
                return command.ExecuteScalar() as byte[];
            });
            return TryDecode<SlotValue>(record, in path, in hash, out node);
        }
    }
}
