using Grid.Primitives;
using Grid.State;
using Grid.Storage.Postgres;
using Grid.Testing;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.Postgres;

/// <summary>The server ends, in good order or not, and is started again: nothing acknowledged is lost, and nobody has to be restarted.</summary>
public sealed class OutageTests
{
    private const int Kills = 3, AppendsBetween = 6, TransactionsEach = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Blocks and admissions go on until the server dies under them; then what was acknowledged is there, and what wasn't is there whole or not at all.</summary>
    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_of_appends_has_lost_nothing()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.OpenAsync(SharedPostgres.OptionsOf(server), Cancellation);
        var journal = database.Journal;
        var random = new Random(13);
        var attempted = new List<JournalBlock>();
        var acknowledged = -1;
        var admitted = new HashSet<Hash256>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var fencingNumber = await journal.TakeFencingNumberAsync(Cancellation);
            await CheckAsync(journal, attempted, acknowledged, admitted);
            acknowledged = attempted.Count - 1;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writing = Task.Run(
                async () =>
                {
                    try
                    {
                        for (var i = 0; ; i++)
                        {
                            var number = (ulong)attempted.Count;
                            var entries = Enumerable.Range(0, TransactionsEach).Select(_ => NewEntry(random)).ToArray();
                            await journal.UpdatePoolAsync(entries, [], Cancellation);
                            admitted.UnionWith(entries.Select(x => x.Hash));
                            // One in ten stays in the pool.
                            attempted.Add(Block(number, number == 0 ? default : Hash(number - 1), [.. entries.Where((_, at) => at % 10 != 0).Select(x => x.Hash)]));
                            Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(attempted[^1], fencingNumber, Cancellation));
                            acknowledged = (int)number;
                            if (i == AppendsBetween)
                            {
                                reached.SetResult();
                            }
                        }
                    }
                    catch (StorageException error)
                    {
                        return error.Error;
                    }
                },
                Cancellation);
            Assert.Same(reached.Task, await Task.WhenAny(reached.Task, writing));
            await server.KillAsync();
            Assert.Equal(StorageError.Unavailable, await writing);
            Assert.Equal(StorageError.Unavailable, (await Assert.ThrowsAsync<StorageException>(async () => await journal.ReadHeadAsync(Cancellation))).Error);
            await server.StartAgainAsync();
        }
        Assert.True(await journal.TakeFencingNumberAsync(Cancellation) > Kills);
        await CheckAsync(journal, attempted, acknowledged, admitted);
        Assert.True(attempted.Count > Kills * AppendsBetween);
    }

    [Fact]
    public async Task A_server_that_is_stopped_pauses_everything_and_what_comes_after_it_goes_on()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.OpenAsync(SharedPostgres.OptionsOf(server), Cancellation);
        var (journal, store, code) = (database.Journal, database.Store, Code(1, 2, 3));
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        await journal.AppendAsync(Block(0, default), number, Cancellation);
        var accounts = StateShard.Empty(Prefix(1)).Apply([.. Enumerable.Range(0, 400).Select(i => new LeafChange(Key(1, (ulong)i), Leaf(1)))]);
        await store.WriteAsync([Batch(0, 0, null, accounts) with { Codes = [code] }], Cancellation);
        // Of this slice the top is in memory.
        var slice = (await store.ReadShardAsync(Prefix(1), Cancellation))!.Slice;
        var key = Key(1, 7);
        // Several connections, all of which will be dead.
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => journal.ReadHeadAsync(Cancellation).AsTask()));
        await server.StopAsync();
        await AssertUnavailableAsync(async () => await journal.AppendAsync(Block(1, Hash(0)), number, Cancellation));
        await AssertUnavailableAsync(async () => await journal.UpdatePoolAsync([Entry(1)], [], Cancellation));
        await AssertUnavailableAsync(async () => await journal.ReadPoolAsync(Cancellation));
        await AssertUnavailableAsync(async () => await journal.TakeFencingNumberAsync(Cancellation));
        await AssertUnavailableAsync(async () => await store.WriteAsync([EmptyGenesis(2)], Cancellation));
        Assert.Equal(StorageError.Unavailable, Assert.Throws<StorageException>(() => store.ReadCode(code.Hash)).Error);
        Assert.Equal(StorageError.Unavailable, Assert.Throws<StorageException>(() => slice.TryGet(in key, out _)).Error);
        await server.StartAgainAsync();
        Assert.Equal(code.Bytes, store.ReadCode(code.Hash)!.Bytes);
        Assert.True(slice.TryGet(in key, out var leaf));
        Assert.Equal(1UL, leaf!.Value.Record.Nonce);
        Assert.True(await store.WriteAsync([EmptyGenesis(2)], Cancellation));
        await journal.UpdatePoolAsync([Entry(2)], [], Cancellation);
        AssertEqual([Entry(2)], await journal.ReadPoolAsync(Cancellation));
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(1, Hash(0)), number, Cancellation));

        // Nobody called while it was away: readers don't notice.
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => journal.ReadHeadAsync(Cancellation).AsTask()));
        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.Equal(1UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(2, Hash(1)), number, Cancellation));
    }

    [Fact]
    public async Task A_server_with_too_many_clients_is_unavailable_until_there_are_fewer()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        await using var server = await PostgresServer.StartAsync("max_connections=4", "superuser_reserved_connections=0", "max_wal_senders=0", "autovacuum=off");
        var options = SharedPostgres.OptionsOf(server);
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        await using var source = Npgsql.NpgsqlDataSource.Create(server.ConnectionString + ";Maximum Pool Size=3");
        await using (await source.OpenConnectionAsync(Cancellation))
        await using (await source.OpenConnectionAsync(Cancellation))
        await using (await source.OpenConnectionAsync(Cancellation))
        {
            var error = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(options, Cancellation));
            Assert.Equal(StorageError.Unavailable, error.Error);
            Assert.Contains("too many clients", error.Message, StringComparison.Ordinal);
            // Who is connected isn't disturbed.
            Assert.Null(await database.Journal.ReadHeadAsync(Cancellation));
        }
        source.Clear();
        await using var another = await PostgresDatabase.OpenAsync(options, Cancellation);
        Assert.Null(await another.Journal.ReadHeadAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_closed_says_so()
    {
        var database = await PostgresDatabase.OpenAsync(await SharedPostgres.NewSchemaAsync(), Cancellation);
        await database.DisposeAsync();
        await database.DisposeAsync();
        await AssertUnavailableAsync(async () => await database.Journal.ReadHeadAsync(Cancellation));
        await AssertUnavailableAsync(async () => await database.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation));
        await AssertUnavailableAsync(async () => await database.Journal.TakeFencingNumberAsync(Cancellation));
    }

    /// <summary>Removes from the attempted blocks those that aren't there, which may be the last one only.</summary>
    private static async Task CheckAsync(IJournal journal, List<JournalBlock> attempted, int acknowledged, HashSet<Hash256> admitted)
    {
        var head = await journal.ReadHeadAsync(Cancellation);
        var count = head is null ? 0 : (int)head.Number + 1;
        Assert.InRange(count, acknowledged + 1, attempted.Count);
        foreach (var lost in attempted[count..])
        {
            Assert.Null(await journal.ReadBlockAsync(lost.Number, Cancellation));
            Assert.Null(await journal.FindBlockAsync(lost.Hash, Cancellation));
            Assert.Null(await journal.FindTransactionAsync(lost.TransactionHashes.Span[0], Cancellation));
        }
        attempted.RemoveRange(count, attempted.Count - count);
        var pool = (await journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash).ToHashSet();
        foreach (var block in attempted)
        {
            AssertEqual(block, await journal.ReadBlockAsync(block.Number, Cancellation));
            for (var i = 0; i < block.TransactionHashes.Length; i++)
            {
                var hash = block.TransactionHashes.Span[i];
                Assert.DoesNotContain(hash, pool);
                if (i % 10 == 0)
                {
                    Assert.Equal(new TransactionLocation(block.Number, i), await journal.FindTransactionAsync(hash, Cancellation));
                }
            }
        }
        var included = attempted.SelectMany(x => x.TransactionHashes.ToArray()).ToHashSet();
        Assert.Subset(pool, admitted.Except(included).ToHashSet());
    }

    private static PoolEntry NewEntry(Random random)
    {
        var (hash, raw) = (new byte[Hash256.Length], new byte[120]);
        random.NextBytes(hash);
        random.NextBytes(raw);
        return new PoolEntry(new Hash256(hash), Address.FromNumber(1), raw, 7);
    }

    private static async Task AssertUnavailableAsync(Func<Task> call) =>
        Assert.Equal(StorageError.Unavailable, (await Assert.ThrowsAsync<StorageException>(call)).Error);
}
