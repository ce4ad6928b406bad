using Grid.Storage.Postgres;
using Npgsql;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.Postgres;

/// <summary>Two processes can't both commit, and a commit whose answer was lost is found out by who comes next.</summary>
public sealed class CommitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_processes_only_the_last_one_commits()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var first = await PostgresDatabase.OpenAsync(options, Cancellation);
        await using var second = await PostgresDatabase.OpenAsync(options, Cancellation);
        var old = await first.Journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(AppendOutcome.Committed, await first.Journal.AppendAsync(Block(0, default), old, Cancellation));
        var current = await second.Journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(AppendOutcome.Fenced, await first.Journal.AppendAsync(Block(1, Hash(0)), old, Cancellation));
        Assert.Equal(AppendOutcome.Committed, await second.Journal.AppendAsync(Block(1, Hash(0)), current, Cancellation));
        Assert.Equal(AppendOutcome.WrongParent, await second.Journal.AppendAsync(Block(1, Hash(0)), current, Cancellation));
        Assert.Equal(AppendOutcome.Fenced, await first.Journal.AppendAsync(Block(2, Hash(1)), old, Cancellation));
        Assert.Equal(1UL, (await first.Journal.ReadHeadAsync(Cancellation))!.Number);
        Assert.Equal(AppendOutcome.Fenced, await first.Journal.AppendAsync(Block(2, Hash(1)), ulong.MaxValue, Cancellation));
    }

    /// <summary>What another transaction does to the head while an append waits for it is what the append is compared with.</summary>
    [Theory]
    [InlineData("fencing_number = fencing_number + 1", AppendOutcome.Fenced)]
    [InlineData("number = number + 1, hash = decode(repeat('ab', 32), 'hex')", AppendOutcome.WrongParent)]
    [InlineData("fencing_number = fencing_number", AppendOutcome.Committed)]
    public async Task An_append_that_waited_for_another_writer_sees_what_that_one_committed(string change, AppendOutcome expected)
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.AppendAsync(Block(0, default), number, Cancellation);
        await database.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);

        await using var source = NpgsqlDataSource.Create(options.ToConnectionString());
        await using var other = await source.OpenConnectionAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(other, $"update head set {change}");
        var append = Task.Run(async () => await database.Journal.AppendAsync(Block(1, Hash(0), Hash(1001)), number, Cancellation), Cancellation);
        await WaitUntilSomebodyWaitsAsync(source, options.Schema!);
        Assert.False(append.IsCompleted);
        await transaction.CommitAsync(Cancellation);
        Assert.Equal(expected, await append);
        Assert.Equal(expected == AppendOutcome.Committed, await database.Journal.ReadBlockAsync(1, Cancellation) is not null);
        Assert.Equal(expected == AppendOutcome.Committed ? 0 : 1, (await database.Journal.ReadPoolAsync(Cancellation)).Count);
    }

    /// <summary>An append whose writer has given up may still be on its way; whoever takes over waits for it, and then reads a head that stays.</summary>
    [Fact]
    public async Task Taking_over_waits_for_an_append_that_is_under_way()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.AppendAsync(Block(0, default), number, Cancellation);

        // A row that isn't committed stops the append when it has the head already: whether there is a block at that height is known when that one ends.
        await using var source = NpgsqlDataSource.Create(options.ToConnectionString());
        await using var other = await source.OpenConnectionAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(
            other,
            """
            insert into blocks (number, hash, parent_hash, state_root, total_difficulty, transaction_hashes, senders, block, receipts, access_list)
            select 1, decode(repeat('ab', 32), 'hex'), hash, state_root, total_difficulty, '', '', '', '', '' from blocks
            """);
        var append = Task.Run(async () => await database.Journal.AppendAsync(Block(1, Hash(0), Hash(1001)), number, Cancellation), Cancellation);
        await WaitUntilSomebodyWaitsAsync(source, options.Schema!);
        var takeOver = Task.Run(async () => await database.Journal.TakeFencingNumberAsync(Cancellation), Cancellation);
        await WaitUntilSomebodyWaitsAsync(source, options.Schema!, 2);
        Assert.Equal(0UL, (await database.Journal.ReadHeadAsync(Cancellation))!.Number);
        await transaction.RollbackAsync(Cancellation);
        Assert.True(await takeOver > number);
        Assert.Equal(1UL, (await database.Journal.ReadHeadAsync(Cancellation))!.Number);
        Assert.Equal(AppendOutcome.Committed, await append);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_neither_reported_nor_lost()
    {
        var server = await SharedPostgres.ServerAsync();
        await using var relay = new CutRelay(server.Port);
        await using var database = await OpenThroughAsync(relay, server);
        var journal = database.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        await journal.AppendAsync(Block(0, default), number, Cancellation);
        await journal.UpdatePoolAsync([Entry(1)], [], Cancellation);

        // Carried out, but nobody hears of it. What is written behind is out of the way.
        await journal.CompleteIndexAsync(Cancellation);
        relay.Next = CutRelay.Cut.NextAnswer;
        var lost = await Assert.ThrowsAsync<StorageException>(async () => await journal.AppendAsync(Block(1, Hash(0), Hash(1001)), number, Cancellation));
        Assert.Equal((StorageError.Unavailable, CutRelay.Cut.Nothing), (lost.Error, relay.Next));
        number = await journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(Hash(1), (await journal.ReadHeadAsync(Cancellation))!.Hash);
        Assert.Empty(await journal.ReadPoolAsync(Cancellation));

        // Never arrived: to the caller it looks the same.
        await journal.CompleteIndexAsync(Cancellation);
        relay.Next = CutRelay.Cut.NextRequest;
        lost = await Assert.ThrowsAsync<StorageException>(async () => await journal.AppendAsync(Block(2, Hash(1)), number, Cancellation));
        Assert.Equal((StorageError.Unavailable, CutRelay.Cut.Nothing), (lost.Error, relay.Next));
        number = await journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(Hash(1), (await journal.ReadHeadAsync(Cancellation))!.Hash);
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(2, Hash(1)), number, Cancellation));
    }

    [Fact]
    public async Task An_admission_whose_answer_is_lost_fails_and_the_next_one_doesnt()
    {
        var server = await SharedPostgres.ServerAsync();
        await using var relay = new CutRelay(server.Port);
        await using var database = await OpenThroughAsync(relay, server);
        await database.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        relay.Next = CutRelay.Cut.NextAnswer;
        var lost = await Assert.ThrowsAsync<StorageException>(async () => await database.Journal.UpdatePoolAsync([Entry(2)], [], Cancellation));
        Assert.Equal(StorageError.Unavailable, lost.Error);
        await database.Journal.UpdatePoolAsync([Entry(3)], [], Cancellation);
        AssertEqual([Entry(1), Entry(2), Entry(3)], await database.Journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task A_read_whose_connection_is_lost_is_done_again()
    {
        var server = await SharedPostgres.ServerAsync();
        await using var relay = new CutRelay(server.Port);
        await using var database = await OpenThroughAsync(relay, server);
        await database.Journal.AppendAsync(Block(0, default), await database.Journal.TakeFencingNumberAsync(Cancellation), Cancellation);
        await database.Journal.CompleteIndexAsync(Cancellation);
        foreach (var cut in new[] { CutRelay.Cut.NextRequest, CutRelay.Cut.NextAnswer })
        {
            relay.Next = cut;
            Assert.Equal(Hash(0), (await database.Journal.ReadHeadAsync(Cancellation))!.Hash);
            Assert.Equal(CutRelay.Cut.Nothing, relay.Next);
        }
    }

    [Fact]
    public async Task A_statement_that_doesnt_end_fails_in_time_and_nothing_of_it_is_written()
    {
        var options = await SharedPostgres.NewSchemaAsync() with { CommandTimeout = TimeSpan.FromSeconds(1) };
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create((options with { CommandTimeout = TimeSpan.FromSeconds(60) }).ToConnectionString());
        await using (var other = await source.OpenConnectionAsync(Cancellation))
        {
            await using var transaction = await other.BeginTransactionAsync(Cancellation);
            await ExecuteAsync(other, "select from head for update");
            var late = await Assert.ThrowsAsync<StorageException>(async () => await database.Journal.AppendAsync(Block(0, default), number, Cancellation));
            Assert.Equal(StorageError.Unavailable, late.Error);
        }
        Assert.Null(await database.Journal.ReadHeadAsync(Cancellation));
        Assert.Equal(AppendOutcome.Committed, await database.Journal.AppendAsync(Block(0, default), number, Cancellation));
    }

    /// <summary>Two groups that meet the same entries in opposite order: PostgreSQL undoes one, which is done again.</summary>
    [Fact]
    public async Task A_deadlock_is_nobodys_error()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        await database.Journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
        await using var source = NpgsqlDataSource.Create(options.ToConnectionString());
        await using var other = await source.OpenConnectionAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        // The other one waits longer before it looks for deadlocks: it is ours that is undone.
        await ExecuteAsync(other, "set local deadlock_timeout = '60s'");
        await ExecuteAsync(other, $"select from pool where hash = decode('{Hash(1002).ToString()[2..]}', 'hex') for update");
        var update = database.Journal.UpdatePoolAsync([Entry(1) with { AdmittedUnixMs = 5 }, Entry(2) with { AdmittedUnixMs = 5 }], [], Cancellation).AsTask();
        await WaitUntilSomebodyWaitsAsync(source, options.Schema!);
        await ExecuteAsync(other, $"select from pool where hash = decode('{Hash(1001).ToString()[2..]}', 'hex') for update");
        Assert.False(update.IsCompleted);
        await transaction.CommitAsync(Cancellation);
        await update;
        Assert.All(await database.Journal.ReadPoolAsync(Cancellation), entry => Assert.Equal(5, entry.AdmittedUnixMs));
    }

    private static async Task<PostgresDatabase> OpenThroughAsync(CutRelay relay, Testing.PostgresServer server)
    {
        var options = SharedPostgres.OptionsOf(server);
        return await PostgresDatabase.OpenAsync(options with { ConnectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString) { Port = relay.Port }.ConnectionString }, Cancellation);
    }

    /// <summary>Returns when so many statements over the schema's tables wait for a lock.</summary>
    internal static async Task WaitUntilSomebodyWaitsAsync(NpgsqlDataSource source, string schema, int count = 1)
    {
        await using var command = source.CreateCommand(
            """
            select count(distinct waiting.pid) from pg_locks waiting join pg_locks held on held.pid = waiting.pid join pg_class on pg_class.oid = held.relation
            where not waiting.granted and pg_class.relnamespace = to_regnamespace($1)
            """).With(schema);
        while ((long)(await command.ExecuteScalarAsync(Cancellation))! < count)
        {
            await Task.Delay(5, Cancellation);
        }
    }

    internal static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
