using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage.Postgres;
using Npgsql;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.Postgres;

/// <summary>Several processes on one store, many rows, and rows that aren't what was written.</summary>
public sealed class StoreTests
{
    private const int Processes = 3, Versions = 12, Accounts = 12_000, Changed = 5_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Each reads the shard, changes it and writes it back, until all versions are there.</summary>
    [Fact]
    public async Task Of_processes_that_write_a_shard_one_makes_each_version()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        var databases = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => PostgresDatabase.OpenAsync(options, Cancellation)));
        var keys = Enumerable.Range(0, 200).Select(i => Key(4, (ulong)i)).ToArray();
        await WriteNextAsync(databases[0].Store, 4, [.. keys.Select(key => new LeafChange(key, Leaf(0)))]);
        var written = await Task.WhenAll(databases.Select((database, i) => Task.Run(() => WriteAsync(database.Store, keys, new Random(i)), Cancellation)));

        var roots = written.SelectMany(x => x).OrderBy(x => x.Version).ToList();
        Assert.Equal(Enumerable.Range(1, Versions).Select(x => (ulong)x), roots.Select(x => x.Version));
        var last = (await databases[0].Store.ReadShardAsync(Prefix(4), Cancellation))!;
        Assert.Equal((roots[^1].Version, roots[^1].Root), (last.Version, last.Slice.Root()));
        // Every node is that of the last version.
        Assert.All(keys, key => Assert.True(last.Slice.TryGet(in key, out _)));
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Processes_that_install_the_genesis_state_at_once_make_it_once()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var first = await PostgresDatabase.OpenAsync(options, Cancellation);
        await using var second = await PostgresDatabase.OpenAsync(options, Cancellation);
        var genesis = StateShard.Empty(Prefix(2)).Apply([.. Enumerable.Range(0, 500).Select(i => new LeafChange(Key(2, (ulong)i), Leaf(1, null, null, (i, 1))))]);
        var outcomes = await Task.WhenAll(new[] { first, second }.Select(database => Task.Run(async () => await database.Store.WriteAsync([Batch(0, 0, null, genesis)], Cancellation), Cancellation)));
        Assert.Contains(true, outcomes);
        // Once more, which changes nothing: whoever was interrupted does that.
        Assert.True(await second.Store.WriteAsync([Batch(0, 0, null, genesis)], Cancellation));
        var stored = (await first.Store.ReadShardAsync(Prefix(2), Cancellation))!;
        Assert.Equal((0UL, genesis.Root()), (stored.Version, stored.Slice.Root()));
        Assert.Equal($"{Leaf(1, null, null, (499, 1)).Record} 1", await DescribeAsync(first.Store, 2, Key(2, 499), [499]));
    }

    /// <summary>While one transaction is under way, the others wait, and then share the next one; who is refused doesn't disturb them.</summary>
    [Fact]
    public async Task Shards_that_write_at_once_share_a_transaction()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        var store = database.Store;
        var before = Enumerable.Range(0, 16).Select(shard => StateShard.Empty(Prefix(shard))).ToArray();
        Assert.True(await store.WriteAsync([.. before.Select(slice => Batch(0, 0, null, slice))], Cancellation));
        var after = before.Select((slice, shard) => slice.Apply([new LeafChange(Key(shard, 1), Leaf(1, null, null, (1, 1)))])).ToArray();

        await using var source = NpgsqlDataSource.Create(options.ToConnectionString());
        await using var other = await source.OpenConnectionAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await CommitTests.ExecuteAsync(other, "select from shards for update");
        var first = store.WriteAsync([Batch(0, 5, before[0], after[0])], Cancellation);
        await CommitTests.WaitUntilSomebodyWaitsAsync(source, options.Schema!);
        var others = Enumerable.Range(1, 14).Select(shard => store.WriteAsync([Batch(0, 5, before[shard], after[shard])], Cancellation)).ToList();
        var stale = store.WriteAsync([Batch(3, 5, before[15], after[15])], Cancellation);
        var again = store.WriteAsync([Batch(5, 6, after[1], after[1])], Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.True(await first);
        foreach (var write in others)
        {
            Assert.True(await write);
        }
        Assert.False(await stale);
        Assert.True(await again);
        Assert.Equal(0UL, (await store.ReadShardAsync(Prefix(15), Cancellation))!.Version);
        Assert.Equal(6UL, (await store.ReadShardAsync(Prefix(1), Cancellation))!.Version);
        Assert.Equal(after[14].Root(), (await store.ReadShardAsync(Prefix(14), Cancellation))!.Slice.Root());
        // A row tells the transaction that wrote it: the first one's, the one that thirteen share, the one that came again, and the genesis state's.
        Assert.Equal(4, await CountAsync(options, "select count(distinct xmin::text) from shards"));
    }

    [Fact]
    public async Task Thousands_of_accounts_are_written_and_rewritten_in_one_transaction_each()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        var store = database.Store;
        var keys = Enumerable.Range(0, Accounts).Select(i => Key(i % 2, (ulong)i)).ToArray();
        var codes = Enumerable.Range(0, 300).Select(i => Code((byte)i, (byte)(i >> 8), 1)).ToArray();
        var before = Enumerable.Range(0, 2).Select(shard => StateShard.Empty(Prefix(shard)).Apply([.. keys.Where((_, i) => i % 2 == shard).Select(key => new LeafChange(key, Leaf(1, null, null, (1, 1))))])).ToArray();
        Assert.True(await store.WriteAsync([Batch(0, 0, null, before[0]) with { Codes = codes }, Batch(0, 0, null, before[1])], Cancellation));
        // Most change, and some go with their storage.
        var after = before.Select((slice, shard) => slice.Apply(
            [.. keys.Take(Changed).Where((_, i) => i % 2 == shard).Select((key, i) => new LeafChange(key, i % 5 == 0 ? null : Leaf(2, null, null, (2, 2))))])).ToArray();
        Assert.True(await store.WriteAsync([Batch(0, 7, before[0], after[0]), Batch(0, 7, before[1], after[1])], Cancellation));
        for (var shard = 0; shard < 2; shard++)
        {
            var stored = (await store.ReadShardAsync(Prefix(shard), Cancellation))!;
            Assert.Equal((7UL, after[shard].Root()), (stored.Version, stored.Slice.Root()));
            for (var i = shard; i < Accounts; i += 202)
            {
                Assert.True(stored.Slice.TryGet(in keys[i], out var leaf));
                after[shard].TryGet(in keys[i], out var expected);
                Assert.Equal(expected?.Record, leaf?.Record);
            }
        }
        Assert.Equal(codes[299].Bytes, store.ReadCode(codes[299].Hash)!.Bytes);
        // No row is left of what went.
        Assert.Equal(after.Sum(slice => slice.Accounts.Leaves().Count()), await CountAsync(options, "select count(distinct account) from storage_nodes"));
    }

    [Fact]
    public async Task A_node_that_isnt_what_was_written_is_corrupt_or_missing_and_never_believed()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        var keys = Enumerable.Range(0, 400).Select(i => Key(1, (ulong)i)).ToArray();
        await WriteNextAsync(database.Store, 1, [.. keys.Select(key => new LeafChange(key, Leaf(1)))]);
        var slice = (await database.Store.ReadShardAsync(Prefix(1), Cancellation))!.Slice;
        // Another value, whole as a record: its hash differs, so it is another version's.
        await CountAsync(options, "update account_nodes set record = set_byte(record, octet_length(record) - 1, 255 - get_byte(record, octet_length(record) - 1)) where length(path) > 2 returning 1");
        Assert.All(keys, key => AssertUnknown(slice, key));
        // No record at all.
        await CountAsync(options, "update account_nodes set record = '\\x7f' where length(path) > 2 returning 1");
        Assert.All(keys.Where(key => slice.Accounts.TryFind(in key, out _) is false), key => Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(() => slice.TryGet(in key, out _)).Error));
        await CountAsync(options, "delete from account_nodes returning 1");
        Assert.Equal(StorageError.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await database.Store.ReadShardAsync(Prefix(1), Cancellation))).Error);
        await CountAsync(options, "update shards set root = '\\x00' returning 1");
        Assert.Equal(StorageError.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await database.Store.ReadShardAsync(Prefix(1), Cancellation))).Error);
    }

    /// <summary>A record that was changed either can't be read or is another node's.</summary>
    private static void AssertUnknown(StateShard slice, Hash256 key)
    {
        try
        {
            if (slice.TryGet(in key, out var leaf))
            {
                Assert.Equal(1UL, leaf!.Value.Record.Nonce); // it is in the top, which wasn't changed
            }
        }
        catch (StorageException error)
        {
            Assert.Equal(StorageError.Corrupt, error.Error);
        }
    }

    /// <summary>The versions that this process was told it made, with their roots.</summary>
    private static async Task<List<(ulong Version, SliceRoot Root)>> WriteAsync(PostgresStateStore store, Hash256[] keys, Random random)
    {
        var written = new List<(ulong, SliceRoot)>();
        while (await store.ReadShardAsync(Prefix(4), Cancellation) is { Version: < Versions } stored)
        {
            StateShard after;
            try
            {
                after = stored.Slice.Apply([.. random.GetItems(keys, 20).Distinct().Select(key => new LeafChange(key, Leaf((ulong)random.Next(1_000))))]);
            }
            catch (MissingNodeException)
            {
                continue; // somebody else has overwritten it
            }
            if (await store.WriteAsync([Batch(stored.Version, stored.Version + 1, stored.Slice, after)], Cancellation))
            {
                written.Add((stored.Version + 1, after.Root()));
            }
        }
        return written;
    }

    private static async Task<long> CountAsync(PostgresOptions options, string sql)
    {
        await using var source = NpgsqlDataSource.Create(options.ToConnectionString());
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancellation), System.Globalization.CultureInfo.InvariantCulture);
    }
}
