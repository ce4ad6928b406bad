using CsCheck;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests;

/// <summary>What every store must do.</summary>
public sealed class StateStoreTests
{
    public static TheoryData<Medium> Media => TestStorage.Media;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Media))]
    public async Task Batches_are_atomic_and_must_start_at_the_shards_version(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var store = storage.Store;
        var key = Key(3, 1);
        var empty = StateShard.Empty(Prefix(3));
        var five = empty.Apply([new LeafChange(key, Leaf(5))]);
        var six = five.Apply([new LeafChange(key, Leaf(6))]);
        Assert.Null(await store.ReadShardAsync(Prefix(3), Cancellation));
        Assert.False(await store.WriteAsync([Batch(0, 4, empty, five)], Cancellation));
        Assert.True(await store.WriteAsync([EmptyGenesis(3)], Cancellation));
        Assert.True(await store.WriteAsync([Batch(0, 4, empty, five)], Cancellation));
        Assert.False(await store.WriteAsync([Batch(4, 6, five, six), Batch(1, 6, StateShard.Empty(Prefix(2)), StateShard.Empty(Prefix(2)))], Cancellation));
        Assert.False(await store.WriteAsync([Batch(3, 6, five, six)], Cancellation));
        Assert.Equal(4UL, (await store.ReadShardAsync(Prefix(3), Cancellation))!.Version);
        Assert.Null(await store.ReadShardAsync(Prefix(2), Cancellation));
        Assert.Equal($"{Leaf(5).Record} ", await DescribeAsync(store, 3, key, []));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task A_shard_has_one_batch_in_a_write(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var empty = StateShard.Empty(Prefix(3));
        await storage.Store.WriteAsync([EmptyGenesis(3)], Cancellation);
        Assert.False(await storage.Store.WriteAsync([Batch(0, 1, empty, empty), Batch(0, 2, empty, empty)], Cancellation));
        Assert.Equal(0UL, (await storage.Store.ReadShardAsync(Prefix(3), Cancellation))!.Version);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Code_is_read_as_it_was_written(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var code = Code(0x60, 0x00);
        await storage.Store.WriteAsync([EmptyGenesis(15) with { Codes = [code] }], Cancellation);
        Assert.Equal(code.Bytes, storage.Store.ReadCode(code.Hash)!.Bytes);
        Assert.Null(storage.Store.ReadCode(Hash(1)));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Clearing_an_account_takes_its_storage_and_no_neighbours(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var keys = Enumerable.Range(0, 16).Select(i => Key(i % 2, (ulong)i)).ToArray();
        (int, int)[] slots = [.. Enumerable.Range(0, 40).Select(i => (i, i + 1))];
        for (var shard = 0; shard < 2; shard++)
        {
            await WriteNextAsync(storage.Store, shard, [.. keys.Where(key => key.Nibble(0) == shard).Select(key => new LeafChange(key, Leaf(1, null, null, slots)))]);
        }
        var before = await DescribeAsync(storage.Store, 0, keys[0], [0, 39]);
        await WriteNextAsync(storage.Store, 0, new LeafChange(keys[2], null), new LeafChange(keys[4], Leaf(2)));
        for (var i = 0; i < keys.Length; i++)
        {
            var expected = i switch { 2 => " 0,0", 4 => $"{Leaf(2).Record} 0,0", _ => before };
            Assert.Equal(expected, await DescribeAsync(storage.Store, i % 2, keys[i], [0, 39]));
        }
    }

    [Theory, MemberData(nameof(Media))]
    public async Task A_slice_that_was_read_earlier_shows_its_version_or_a_miss(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var keys = Enumerable.Range(0, 64).Select(i => Key(7, (ulong)i)).ToArray();
        await WriteNextAsync(storage.Store, 7, [.. keys.Select(key => new LeafChange(key, Leaf(1)))]);
        var earlier = (await storage.Store.ReadShardAsync(Prefix(7), Cancellation))!.Slice;
        await WriteNextAsync(storage.Store, 7, new LeafChange(keys[0], Leaf(2)), new LeafChange(keys[1], null));
        foreach (var key in keys)
        {
            if (earlier.TryGet(in key, out var leaf))
            {
                Assert.Equal(1UL, leaf!.Value.Record.Nonce);
            }
        }
    }

    [Theory, MemberData(nameof(Media))]
    public async Task What_is_warmed_is_in_memory(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var keys = Enumerable.Range(0, 3_000).Select(i => Key(i % 2, (ulong)i)).ToArray();
        var shards = new StateShard?[16];
        for (var shard = 0; shard < 2; shard++)
        {
            await WriteNextAsync(storage.Store, shard, [.. keys.Where(key => key.Nibble(0) == shard).Select((key, i) => new LeafChange(key, Leaf((ulong)i)))]);
            shards[shard] = (await storage.Store.ReadShardAsync(Prefix(shard), Cancellation))!.Slice;
        }
        // Those of a third shard aren't here, and the last one is nobody's.
        Hash256[] warmed = [.. keys.Take(150), Key(2, 1), Key(1, 999_999)];
        StateShard.Warm(shards, 1, warmed);
        foreach (var key in warmed.Where(key => key.Nibble(0) < 2))
        {
            Assert.True(shards[key.Nibble(0)]!.Accounts.TryFind(in key, out var leaf));
            Assert.True(shards[key.Nibble(0)]!.TryGet(in key, out var read));
            Assert.Equal(read?.Record, leaf?.Value.Record);
        }
        Assert.Equal(medium != Medium.Memory, keys.Skip(150).Any(key => !shards[key.Nibble(0)]!.Accounts.TryFind(in key, out _)));
    }

    /// <summary>Random changes of accounts and slots, evictions and reopening in between, against slices that are wholly in memory.</summary>
    [Theory, MemberData(nameof(Media))]
    public async Task What_is_read_is_what_was_written(Medium medium) => await Gen.Int.SampleAsync(
        async seed =>
        {
            using var storage = new TestStorage(medium);
            var random = new Random(seed);
            var keys = Enumerable.Range(0, 120).Select(i => Key(9, (ulong)i)).ToArray();
            var model = StateShard.Empty(Prefix(9));
            await storage.Store.WriteAsync([EmptyGenesis(9)]);
            var stored = (await storage.Store.ReadShardAsync(Prefix(9)))!;
            for (var round = 0; round < 12; round++)
            {
                var current = stored.Slice;
                for (var block = random.Next(1, 4); block > 0; block--)
                {
                    var changes = random.GetItems(keys, random.Next(1, 60)).Distinct().Select(key => (Key: key, Seed: random.Next())).ToArray();
                    model = model.Apply([.. changes.Select(x => Change(model, x.Key, x.Seed))]);
                    current = current.Apply([.. changes.Select(x => Change(current, x.Key, x.Seed))]);
                    Assert.Equal(model.Root(), current.Root());
                    current.Evict(stored.Slice);
                    TrieNode.BeginRound();
                }
                Assert.True(await storage.Store.WriteAsync([Batch(stored.Version, stored.Version + 3, stored.Slice, current)]));
                var reopens = random.Next(3) == 0;
                if (reopens)
                {
                    storage.Reopen();
                }
                if (reopens || random.Next(2) == 0)
                {
                    stored = (await storage.Store.ReadShardAsync(Prefix(9)))!;
                }
                else
                {
                    stored = new StoredShard(stored.Version + 3, current);
                    current.Evict(current);
                }
                Assert.Equal(model.Root(), (await storage.Store.ReadShardAsync(Prefix(9)))!.Slice.Root());
                foreach (var key in keys)
                {
                    AssertSame(model, (await storage.Store.ReadShardAsync(Prefix(9)))!.Slice, key);
                }
            }
        },
        iter: medium switch { Medium.Memory => 20, Medium.RocksDb => 6, _ => 3 },
        threads: 1);

    private static LeafChange Change(StateShard shard, Hash256 key, int seed)
    {
        var random = new Random(seed);
        Assert.True(shard.TryGet(in key, out var before));
        var kind = random.Next(6);
        var slots = Enumerable.Range(0, random.Next(20)).Select(_ => (random.Next(30), random.Next(3))).DistinctBy(x => x.Item1).ToArray();
        return kind switch
        {
            0 => new LeafChange(key, null),
            1 => new LeafChange(key, Leaf((ulong)random.Next(3), null, null, slots)),
            2 => new LeafChange(key, before is null ? Leaf(1) : AccountLeaf.KeepingStorage(AccountRecord.Empty with { Nonce = 7 })),
            _ => new LeafChange(key, Leaf((ulong)random.Next(3), before, shard.Nodes?.StorageOf(in key), slots)),
        };
    }

    private static void AssertSame(StateShard expected, StateShard actual, Hash256 key)
    {
        Assert.True(expected.TryGet(in key, out var want));
        Assert.True(actual.TryGet(in key, out var have));
        Assert.Equal(want?.Record, have?.Record);
        for (var slot = 0; slot < 30; slot++)
        {
            Assert.True(expected.TryGetSlot(in key, KeyHashes.Of((UInt256)slot), out var wanted));
            Assert.True(actual.TryGetSlot(in key, KeyHashes.Of((UInt256)slot), out var had));
            Assert.Equal(wanted, had);
        }
    }
}
