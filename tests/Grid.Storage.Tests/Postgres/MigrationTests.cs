using System.Security.Cryptography;
using System.Text;
using Grid.Storage.Postgres;
using Npgsql;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.Postgres;

/// <summary>The schema is made once, by whoever comes first, and never misunderstood.</summary>
public sealed class MigrationTests
{
    private const int Processes = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_processes_that_start_at_once_one_makes_the_schema()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        var databases = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => Task.Run(() => PostgresDatabase.OpenAsync(options, Cancellation), Cancellation)));
        Assert.Equal(Migrations.Names.Count, await ScalarAsync(options, "select count(*)::integer from migrations"));
        // All of them work with it.
        for (ulong i = 0; i < Processes; i++)
        {
            var journal = databases[i].Journal;
            Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(i, i == 0 ? default : Hash(i - 1)), await journal.TakeFencingNumberAsync(Cancellation), Cancellation));
        }
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Whoever_looks_for_a_chain_makes_none()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        var error = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(options, Cancellation, schema: SchemaRule.Update));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Equal(0, await ScalarAsync(options, $"select count(*)::integer from pg_namespace where nspname = '{options.Schema}'"));
        await using (await PostgresDatabase.OpenAsync(options, Cancellation))
        {
        }
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation, schema: SchemaRule.Update);
        Assert.Null(await database.Journal.ReadHeadAsync(Cancellation));
    }

    [Fact]
    public async Task A_schema_from_the_future_is_refused()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using (await PostgresDatabase.OpenAsync(options, Cancellation))
        {
        }
        await ExecuteAsync(options, $"insert into migrations (version, name) values ({Migrations.Names.Count + 1}, 'from the future')");
        var error = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(options, Cancellation));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Contains($"has version {Migrations.Names.Count + 1}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_tables_are_left_alone()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await ExecuteAsync(options, $"create schema {options.Schema}; create table {options.Schema}.letters (text text)");
        var error = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(options, Cancellation));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Contains(options.Schema!, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await ScalarAsync(options, $"select count(*)::integer from pg_tables where schemaname = '{options.Schema}'"));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await ExecuteAsync(options, $"create role half login password 'half'; create schema {options.Schema}; grant usage on schema {options.Schema} to half");
        var half = options with { ConnectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString) { Username = "half", Password = "half" }.ConnectionString };
        var error = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(half, Cancellation));
        Assert.Equal(StorageError.Unavailable, error.Error);
        Assert.Contains("permission denied", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await ScalarAsync(options, $"select count(*)::integer from pg_tables where schemaname = '{options.Schema}'"));
        // Whoever may makes it, where it was empty.
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        Assert.Null(await database.Journal.ReadHeadAsync(Cancellation));
    }

    [Fact]
    public async Task A_role_that_may_only_read_and_write_rows_is_enough_when_the_schema_is_there()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using (await PostgresDatabase.OpenAsync(options, Cancellation))
        {
        }
        await ExecuteAsync(
            options,
            $"create role clerk login password 'clerk'; grant usage on schema {options.Schema} to clerk; " +
            $"grant select, insert, update, delete on all tables in schema {options.Schema} to clerk; revoke temporary on database postgres from public");
        var clerk = options with { ConnectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString) { Username = "clerk", Password = "clerk" }.ConnectionString };
        await using var database = await PostgresDatabase.OpenAsync(clerk, Cancellation);
        await database.Journal.UpdatePoolAsync([Entry(1)], [Hash(5)], Cancellation);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(AppendOutcome.Committed, await database.Journal.AppendAsync(Block(0, default, Hash(1001)), number, Cancellation));
        Assert.Empty(await database.Journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task A_schema_that_lost_a_table_is_incompatible()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        await ExecuteAsync(options, "drop table transactions");
        var error = await Assert.ThrowsAsync<StorageException>(async () => await database.Journal.FindTransactionAsync(Hash(1), Cancellation));
        Assert.Equal(StorageError.Incompatible, error.Error);
    }

    [Fact]
    public async Task Rows_that_contradict_the_head_are_corruption()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.AppendAsync(Block(0, default, Hash(5)), number, Cancellation);
        await ExecuteAsync(options, "update head set number = null");
        var append = await Assert.ThrowsAsync<StorageException>(async () => await database.Journal.AppendAsync(Block(0, default), number, Cancellation));
        Assert.Equal(StorageError.Corrupt, append.Error);
        await ExecuteAsync(options, "alter table blocks drop constraint blocks_senders_check; update blocks set senders = '\\x0102'");
        var read = await Assert.ThrowsAsync<StorageException>(async () => await database.Journal.ReadBlockAsync(0, Cancellation));
        Assert.Equal(StorageError.Corrupt, read.Error);
        await ExecuteAsync(options, "delete from head");
        var taken = await Assert.ThrowsAsync<StorageException>(async () => await database.Journal.TakeFencingNumberAsync(Cancellation));
        Assert.Equal(StorageError.Corrupt, taken.Error);
    }

    /// <summary>A file that was released is history: databases have run it. What is to be different is another file.</summary>
    [Fact]
    public void Migrations_are_numbered_and_pinned()
    {
        Assert.Equal(Enumerable.Range(1, Migrations.Names.Count), Migrations.Names.Select(name => int.Parse(name.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(
            [
                "0001-journal.sql 4cc8a46482a8c4f3",
                "0002-store.sql 5a33fc94251b7689",
                "0003-chain.sql 9cf9e17cfadd7904",
                "0004-history.sql b9917efb79f9b27a",
                "0005-compression.sql 7ad1c9ceb464e536",
                "0006-index.sql 10d5b61096ff8e9d",
                "0007-receipts.sql c2d5016bad530792",
            ],
            Migrations.Names.Select(name => $"{name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Migrations.Read(name))))[..16]}"));
    }

    private static async Task ExecuteAsync(PostgresOptions options, string sql)
    {
        await using var source = NpgsqlDataSource.Create(options.ToConnectionString());
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<int> ScalarAsync(PostgresOptions options, string sql)
    {
        await using var source = NpgsqlDataSource.Create(options.ToConnectionString());
        await using var command = source.CreateCommand(sql);
        return (int)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
