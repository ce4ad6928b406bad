using System.Collections.Concurrent;
using System.Diagnostics;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage.Postgres;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.Postgres;

/// <summary>
/// Where the ways into a trie are known, the database is asked for a level of all of them at once: the statements are counted as Npgsql tells of them.
/// </summary>
public sealed class NodeQueriesTests
{
    private const int Slots = 6_000, Changed = 700, Accounts = 3_000;

    /// <summary>The top, two levels that are full, and two more that some ways have.</summary>
    private const int LevelsMax = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changing_many_slots_of_an_account_asks_once_a_level()
    {
        await using var database = await PostgresDatabase.OpenAsync(await SharedPostgres.NewSchemaAsync(), Cancellation);
        var key = Key(3, 1);
        var written = Leaf(1, null, null, [.. Enumerable.Range(0, Slots).Select(i => (i, i + 1))]);
        Assert.True(await WriteNextAsync(database.Store, 3, new LeafChange(key, written)));
        SlotChange[] changes = [.. Enumerable.Range(0, Changed).Select(i => new SlotChange((UInt256)(ulong)(i * 7), default, (UInt256)(ulong)(i + 5)))];
        var expected = StorageChanges.Apply(written.Storage!, cleared: false, changes).RootHash();

        var slice = (await database.Store.ReadShardAsync(Prefix(3), Cancellation))!.Slice;
        var storage = slice.StorageOf(in key, out var source);
        var statements = Count(() => Assert.Equal(expected, StorageChanges.Apply(storage, cleared: false, changes, source).RootHash()));
        Assert.InRange(statements.Count(text => text.Contains("storage_nodes", StringComparison.Ordinal)), 2, LevelsMax);
    }

    [Fact]
    public async Task Many_slots_that_are_proved_are_asked_for_once_a_level()
    {
        await using var database = await PostgresDatabase.OpenAsync(await SharedPostgres.NewSchemaAsync(), Cancellation);
        var key = Key(3, 1);
        var written = Leaf(1, null, null, [.. Enumerable.Range(0, Slots).Select(i => (i, i + 1))]);
        Assert.True(await WriteNextAsync(database.Store, 3, new LeafChange(key, written)));
        Hash256[] wanted = [.. Enumerable.Range(0, Changed).Select(i => KeyHashes.Of((UInt256)(ulong)(i * 7)))];

        var slice = (await database.Store.ReadShardAsync(Prefix(3), Cancellation))!.Slice;
        var statements = Count(() =>
        {
            slice.LoadDistant(in key, wanted);
            var storage = slice.StorageOf(in key, out var source);
            foreach (var slot in wanted)
            {
                Assert.Equal(TrieProof.Of(written.Storage!, in slot), TrieProof.Of(storage, in slot, source));
            }
        });
        Assert.InRange(statements.Count(text => text.Contains("storage_nodes", StringComparison.Ordinal)), 2, LevelsMax);
    }

    [Fact]
    public async Task Many_accounts_are_asked_for_once_a_level()
    {
        await using var database = await PostgresDatabase.OpenAsync(await SharedPostgres.NewSchemaAsync(), Cancellation);
        Hash256[] keys = [.. Enumerable.Range(0, Accounts).Select(i => Key(3, (ulong)i))];
        Assert.True(await WriteNextAsync(database.Store, 3, [.. keys.Select((key, i) => new LeafChange(key, Leaf((ulong)i)))]));

        var slice = (await database.Store.ReadShardAsync(Prefix(3), Cancellation))!.Slice;
        var statements = Count(() =>
        {
            slice.LoadDistant(keys);
            for (var i = 0; i < keys.Length; i++)
            {
                Assert.True(slice.TryGet(in keys[i], out var leaf));
                Assert.Equal((ulong)i, leaf!.Value.Record.Nonce);
            }
        });
        Assert.InRange(statements.Count(text => text.Contains("account_nodes", StringComparison.Ordinal)), 2, LevelsMax);
    }

    /// <summary>The statements that this thread has the database execute; those of other tests belong to other traces.</summary>
    private static List<string> Count(Action work)
    {
        var statements = new ConcurrentQueue<string>();
        using var trace = new Activity("test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace.TraceId && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string text)
                {
                    statements.Enqueue(text);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        work();
        return [.. statements];
    }
}
