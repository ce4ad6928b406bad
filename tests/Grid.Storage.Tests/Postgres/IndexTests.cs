using System.Globalization;
using Grid.Primitives;
using Grid.Storage.Postgres;
using Npgsql;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.Postgres;

/// <summary>What is written behind an append is never missed, and is written once, by whoever is there to do it.</summary>
public sealed class IndexTests : IAsyncLifetime
{
    private const int Blocks = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private PostgresOptions _options = null!;
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _options = await SharedPostgres.NewSchemaAsync();
        _source = NpgsqlDataSource.Create(_options.ToConnectionString());
    }

    public async ValueTask DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task A_block_is_found_and_out_of_the_pool_before_its_rows_are_there_and_after()
    {
        var watch = new Watch { Refuses = true };
        await using var database = await OpenAsync(watch);
        await using var another = await OpenAsync();
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.UpdatePoolAsync([Entry(1), Entry(2), Entry(3)], [], Cancellation);
        await database.Journal.AppendAsync(Block(0, default, Hash(7), Entry(1).Hash), number, Cancellation);
        await database.Journal.UpdatePoolAsync([Entry(4)], [], Cancellation);
        await database.Journal.AppendAsync(Block(1, Hash(0), Entry(3).Hash), number, Cancellation);
        await Assert.ThrowsAsync<StorageException>(() => database.Journal.CompleteIndexAsync(Cancellation));
        Assert.Equal((0, 4, 0), (await RowsAsync(), await CountAsync("pool"), await NextAsync()));
        await CheckAsync();
        watch.Refuses = false;
        await database.Journal.CompleteIndexAsync(Cancellation);
        Assert.Equal((3, 2, 2), (await RowsAsync(), await CountAsync("pool"), await NextAsync()));
        await CheckAsync();

        async Task CheckAsync()
        {
            foreach (var journal in new[] { database.Journal, another.Journal })
            {
                Assert.Equal(new TransactionLocation(0, 1), await journal.FindTransactionAsync(Entry(1).Hash, Cancellation));
                Assert.Equal(new TransactionLocation(1, 0), await journal.FindTransactionAsync(Entry(3).Hash, Cancellation));
                Assert.Null(await journal.FindTransactionAsync(Entry(2).Hash, Cancellation));
                AssertEqual([Entry(2), Entry(4)], await journal.ReadPoolAsync(Cancellation));
            }
        }
    }

    /// <summary>The bytes of a hash may also be where one hash ends and the next one begins.</summary>
    [Fact]
    public async Task A_hash_is_found_only_where_one_begins()
    {
        await using var database = await OpenAsync(new Watch { Refuses = true });
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        Hash256 first = Of(0xaa, 0xbb), second = Of(0xaa, 0xcc), astride = Of(0xbb, 0xaa);
        await database.Journal.AppendAsync(Block(0, default, first, second), number, Cancellation);
        Assert.Null(await database.Journal.FindTransactionAsync(astride, Cancellation));
        Assert.Equal(new TransactionLocation(0, 1), await database.Journal.FindTransactionAsync(second, Cancellation));
        await database.Journal.AppendAsync(Block(1, Hash(0), first, second, astride), number, Cancellation);
        Assert.Equal(new TransactionLocation(1, 2), await database.Journal.FindTransactionAsync(astride, Cancellation));
        Assert.Equal(new TransactionLocation(1, 0), await database.Journal.FindTransactionAsync(first, Cancellation));
        Assert.Equal(0, await RowsAsync());

        static Hash256 Of(byte begin, byte end) => new([.. Enumerable.Repeat(begin, 16), .. Enumerable.Repeat(end, 16)]);
    }

    [Fact]
    public async Task What_is_admitted_again_after_its_block_stays_in_the_pool()
    {
        var watch = new Watch { Refuses = true };
        await using var database = await OpenAsync(watch);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
        await database.Journal.AppendAsync(Block(0, default, Entry(1).Hash, Entry(2).Hash), number, Cancellation);
        await database.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        AssertEqual([Entry(1)], await database.Journal.ReadPoolAsync(Cancellation));
        watch.Refuses = false;
        await database.Journal.CompleteIndexAsync(Cancellation);
        AssertEqual([Entry(1)], await database.Journal.ReadPoolAsync(Cancellation));
        await database.Journal.AppendAsync(Block(1, Hash(0), Entry(1).Hash), number, Cancellation);
        Assert.Empty(await database.Journal.ReadPoolAsync(Cancellation));
        await database.Journal.CompleteIndexAsync(Cancellation);
        Assert.Equal(0, await CountAsync("pool"));
    }

    /// <summary>The process ends before what follows from its blocks is written, or before it knows that it is.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_takes_over_writes_what_is_missing(bool before)
    {
        await using (var database = await OpenAsync(new Watch { Refuses = before, Forgets = !before }))
        {
            var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
            await database.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
            await database.Journal.AppendAsync(Block(0, default, Entry(1).Hash), number, Cancellation);
            await database.Journal.AppendAsync(Block(1, Hash(0), Hash(7)), number, Cancellation);
            while (!before && await NextAsync() < 2)
            {
                // Each write is made, and ends with an error.
                await Record.ExceptionAsync(() => database.Journal.CompleteIndexAsync(Cancellation));
            }
        }
        Assert.Equal(before ? (0, 1) : (2, 0), (await RowsAsync(), await CountAsync("pool")));
        await using var next = await OpenAsync();
        await next.Journal.TakeFencingNumberAsync(Cancellation);
        while (await NextAsync() < 2)
        {
            await Task.Delay(Pause, Cancellation);
        }
        Assert.Equal((2, 0), (await RowsAsync(), await CountAsync("pool")));
        Assert.Equal(new TransactionLocation(0, 0), await next.Journal.FindTransactionAsync(Entry(1).Hash, Cancellation));
        Assert.Equal(new TransactionLocation(1, 0), await next.Journal.FindTransactionAsync(Hash(7), Cancellation));
    }

    [Fact]
    public async Task Who_appends_next_writes_what_is_missing()
    {
        var watch = new Watch { Refuses = true };
        await using var database = await OpenAsync(watch);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.AppendAsync(Block(0, default, Hash(7)), number, Cancellation);
        await Assert.ThrowsAsync<StorageException>(() => database.Journal.CompleteIndexAsync(Cancellation));
        watch.Refuses = false;
        await database.Journal.AppendAsync(Block(1, Hash(0), Hash(8)), number, Cancellation);
        while (await NextAsync() < 2)
        {
            await Task.Delay(Pause, Cancellation);
        }
        Assert.Equal(2, await RowsAsync());
    }

    [Fact]
    public async Task What_was_begun_is_finished_when_the_database_is_closed()
    {
        await using (var database = await OpenAsync())
        {
            await database.Journal.AppendAsync(Block(0, default, Hash(7)), await database.Journal.TakeFencingNumberAsync(Cancellation), Cancellation);
        }
        Assert.Equal((1, 1), (await RowsAsync(), await NextAsync()));
    }

    [Fact]
    public async Task Of_processes_that_write_at_once_each_row_is_written_by_one()
    {
        await using (var database = await OpenAsync(new Watch { Refuses = true }, Blocks))
        {
            var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
            await database.Journal.UpdatePoolAsync([.. Enumerable.Range(0, Blocks).Select(i => Entry((ulong)i))], [], Cancellation);
            for (ulong i = 0; i < Blocks; i++)
            {
                Assert.Equal(AppendOutcome.Committed, await database.Journal.AppendAsync(Block(i, i == 0 ? default : Hash(i - 1), Entry(i).Hash, Hash(5_000 + i)), number, Cancellation));
            }
        }
        Assert.Equal(0, await RowsAsync());
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        await using var third = await OpenAsync();
        var writing = Task.WhenAll(new[] { first, second, third }.Select(database => Task.Run(() => database.Journal.CompleteIndexAsync(Cancellation), Cancellation)));
        // Whatever was written by the time of a look, all of it is found.
        for (ulong i = 0; i < Blocks; i++)
        {
            Assert.Equal(new TransactionLocation(i, 1), await first.Journal.FindTransactionAsync(Hash(5_000 + i), Cancellation));
            Assert.Empty(await second.Journal.ReadPoolAsync(Cancellation));
        }
        await writing;
        Assert.Equal((2 * Blocks, 0, Blocks), (await RowsAsync(), await CountAsync("pool"), await NextAsync()));
        Assert.Equal(2 * Blocks, await ScalarAsync("select count(distinct (number, index))::integer from transactions"));
    }

    [Fact]
    public async Task An_append_that_would_leave_too_many_blocks_behind_waits()
    {
        await using var database = await OpenAsync(behindMax: 1);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.CompleteIndexAsync(Cancellation);
        await using var other = await _source.OpenConnectionAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await CommitTests.ExecuteAsync(other, "select from indexed for update");
        Assert.Equal(AppendOutcome.Committed, await database.Journal.AppendAsync(Block(0, default, Hash(7)), number, Cancellation));
        var append = Task.Run(async () => await database.Journal.AppendAsync(Block(1, Hash(0)), number, Cancellation), Cancellation);
        await CommitTests.WaitUntilSomebodyWaitsAsync(_source, _options.Schema!);
        Assert.False(append.IsCompleted);
        Assert.Equal(0UL, (await database.Journal.ReadHeadAsync(Cancellation))!.Number);
        await transaction.CommitAsync(Cancellation);
        Assert.Equal(AppendOutcome.Committed, await append);
        Assert.Equal(1, await RowsAsync());
    }

    [Fact]
    public async Task While_blocks_cant_be_indexed_no_more_than_the_limit_are_appended()
    {
        var watch = new Watch { Refuses = true };
        await using var database = await OpenAsync(watch, 2);
        var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
        await database.Journal.AppendAsync(Block(0, default, Hash(7)), number, Cancellation);
        await database.Journal.AppendAsync(Block(1, Hash(0)), number, Cancellation);
        await Assert.ThrowsAsync<StorageException>(async () => await database.Journal.AppendAsync(Block(2, Hash(1)), number, Cancellation));
        Assert.Equal(1UL, (await database.Journal.ReadHeadAsync(Cancellation))!.Number);
        // A process that hasn't heard how many there are asks first.
        await using (var another = await OpenAsync(watch, 2))
        {
            await Assert.ThrowsAsync<StorageException>(async () => await another.Journal.AppendAsync(Block(2, Hash(1)), number, Cancellation));
        }
        watch.Refuses = false;
        Assert.Equal(AppendOutcome.Committed, await database.Journal.AppendAsync(Block(2, Hash(1)), number, Cancellation));
    }

    /// <summary>Up to version 5, the append itself wrote what now is written behind it.</summary>
    [Fact]
    public async Task A_database_from_before_has_all_rows_and_its_receipts()
    {
        await using (var database = await OpenAsync())
        {
            var number = await database.Journal.TakeFencingNumberAsync(Cancellation);
            await database.Journal.AppendAsync(Block(0, default, Hash(7)), number, Cancellation);
            await database.Journal.AppendAsync(Block(1, Hash(0), Hash(8)), number, Cancellation);
            await database.Journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
        }
        await using (var connection = await _source.OpenConnectionAsync(Cancellation))
        {
            await CommitTests.ExecuteAsync(
                connection,
                """
                drop table indexed;
                alter table pool drop admitted_after;
                alter table blocks drop receipts_packed;
                update blocks set receipts = '\x020000';
                delete from migrations where version > 5
                """);
        }
        await using var migrated = await OpenAsync();
        Assert.Equal((2, 2), (await RowsAsync(), await NextAsync()));
        Assert.Equal(new byte[] { 2, 0, 0 }, (await migrated.Journal.ReadBlockAsync(1, Cancellation))!.Receipts.ToArray());
        var taken = await migrated.Journal.TakeFencingNumberAsync(Cancellation);
        AssertEqual([Entry(1), Entry(2)], await migrated.Journal.ReadPoolAsync(Cancellation));
        Assert.Equal(AppendOutcome.Committed, await migrated.Journal.AppendAsync(Block(2, Hash(1), Entry(1).Hash), taken, Cancellation));
        AssertEqual([Entry(2)], await migrated.Journal.ReadPoolAsync(Cancellation));
        await migrated.Journal.CompleteIndexAsync(Cancellation);
        Assert.Equal((3, 1), (await RowsAsync(), await CountAsync("pool")));
    }

    private Task<PostgresDatabase> OpenAsync(IIndexWatch? watch = null, int behindMax = 8) =>
        PostgresDatabase.OpenAsync(_options with { BlocksBehindMax = behindMax }, Cancellation, watch: watch);

    private Task<int> RowsAsync() => CountAsync("transactions");

    private Task<int> NextAsync() => ScalarAsync("select next::integer from indexed");

    private Task<int> CountAsync(string table) => ScalarAsync(string.Create(CultureInfo.InvariantCulture, $"select count(*)::integer from {table}"));

    private async Task<int> ScalarAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return (int)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    /// <summary>Has writes fail before they are made, or has who makes them not know.</summary>
    private sealed class Watch : IIndexWatch
    {
        private volatile bool _refuses;

        public bool Refuses
        {
            get => _refuses;
            set => _refuses = value;
        }

        public bool Forgets { get; init; }

        public void Writing(ulong number) => Fail(_refuses);

        public void Written(ulong number) => Fail(Forgets);

        private static void Fail(bool fails)
        {
            if (fails)
            {
                throw new StorageException(StorageError.Unavailable, "a test has it fail");
            }
        }
    }
}
