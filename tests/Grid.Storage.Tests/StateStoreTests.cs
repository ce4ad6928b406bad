using Grid.Primitives;
using Grid.State;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests;

/// <summary>What every store must do.</summary>
public sealed class StateStoreTests
{
    private static readonly Address Alice = Address.FromNumber(1), Bob = Address.FromNumber(2);

    public static TheoryData<Medium> Media => TestStorage.StoreMedia;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Media))]
    public async Task Batches_are_atomic_and_must_start_at_the_shards_version(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var store = storage.Store;
        Assert.Null(await store.ReadVersionAsync(3, Cancellation));
        Assert.False(await store.WriteAsync([Batch(3, 0, 4)], Cancellation));
        Assert.True(await store.WriteAsync([Batch(3, 0, 0)], Cancellation));
        Assert.True(await store.WriteAsync([Batch(3, 0, 4, Change(Alice, 5))], Cancellation));
        Assert.False(await store.WriteAsync([Batch(3, 4, 6, Change(Alice, 6)), Batch(2, 1, 6)], Cancellation));
        Assert.False(await store.WriteAsync([Batch(3, 3, 6, Change(Alice, 6))], Cancellation));
        Assert.Equal(4UL, await store.ReadVersionAsync(3, Cancellation));
        Assert.Null(await store.ReadVersionAsync(2, Cancellation));
        Assert.Equal(5UL, (await ReadAsync(store, 3, Cancellation)).Single().Record.Nonce);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task A_shard_has_one_batch_in_a_write(Medium medium)
    {
        using var storage = new TestStorage(medium);
        await storage.Store.WriteAsync([Batch(3, 0, 0)], Cancellation);
        Assert.False(await storage.Store.WriteAsync([Batch(3, 0, 1), Batch(3, 0, 2)], Cancellation));
        Assert.Equal(0UL, await storage.Store.ReadVersionAsync(3, Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Slots_are_set_removed_and_cleared(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var store = storage.Store;
        await store.WriteAsync([Batch(0, 0, 0, Change(Alice, 1, false, (1, 10), (2, 20)), Change(Bob, 1, false, (0, 1)))], Cancellation);
        await store.WriteAsync([Batch(0, 0, 1, Change(Alice, 1, false, (1, 0), (3, 30)))], Cancellation);
        Assert.Equal([(2, 20), (3, 30)], await SlotsAsync(store, 0, Alice, Cancellation));
        await store.WriteAsync([Batch(0, 1, 2, Change(Alice, 1, true, (7, 70)))], Cancellation);
        Assert.Equal([(7, 70)], await SlotsAsync(store, 0, Alice, Cancellation));
        await store.WriteAsync([Batch(0, 2, 3, Gone(Alice))], Cancellation);
        Assert.Empty(await SlotsAsync(store, 0, Alice, Cancellation));
        Assert.Equal([(0, 1)], await SlotsAsync(store, 0, Bob, Cancellation));
        Assert.Equal(Bob, (await ReadAsync(store, 0, Cancellation)).Single().Address);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Clearing_takes_the_smallest_and_the_greatest_slot_and_no_neighbour(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var store = storage.Store;
        Address[] addresses = [Address.FromNumber(0), Address.FromNumber(1), Address.FromNumber(2), Address.Parse("0x" + new string('f', 40))];
        KeyValuePair<UInt256, UInt256>[] slots = [new(UInt256.Zero, 1), new(UInt256.MaxValue, 2)];
        for (var shard = 0; shard < 2; shard++)
        {
            await store.WriteAsync([Batch(shard, 0, 0, [.. addresses.Select(x => new StoredAccountChange(x, AccountRecord.Empty, false, slots))])], Cancellation);
        }
        await store.WriteAsync([Batch(0, 0, 1, Gone(addresses[1]), Gone(addresses[3]))], Cancellation);
        for (var i = 0; i < addresses.Length; i++)
        {
            Assert.Equal(i % 2 == 0 ? 2 : 0, (await store.ReadStorageAsync(0, addresses[i], Cancellation)).Count);
            Assert.Equal(2, (await store.ReadStorageAsync(1, addresses[i], Cancellation)).Count);
        }
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Records_and_code_are_read_as_they_were_written(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var store = storage.Store;
        var code = Code(0x60, 0x00);
        var plain = new AccountRecord(ulong.MaxValue, UInt256.MaxValue, AccountRecord.Empty.StorageRoot, AccountRecord.Empty.CodeHash);
        var contract = new AccountRecord(1, UInt256.Zero, Hash(5), code.Hash);
        StoredAccountChange[] changes = [new(Alice, plain, false, []), new(Bob, contract, false, [])];
        await store.WriteAsync([new StoreBatch(15, 0, 0, changes, [code])], Cancellation);
        Assert.Equal([new StoredAccount(Alice, plain), new StoredAccount(Bob, contract)], await ReadAsync(store, 15, Cancellation));
        Assert.Equal(code.Bytes, (await store.ReadCodeAsync(code.Hash, Cancellation))!.Bytes);
        Assert.Null(await store.ReadCodeAsync(Hash(1), Cancellation));
        Assert.Empty(await ReadAsync(store, 14, Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task A_scan_shows_the_shard_as_it_was_when_the_scan_began(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var store = storage.Store;
        await store.WriteAsync([Batch(0, 0, 0, Change(Alice, 1), Change(Bob, 1))], Cancellation);
        var seen = new List<StoredAccount>();
        await foreach (var account in store.ReadShardAsync(0, Cancellation))
        {
            seen.Add(account);
            if (seen.Count == 1)
            {
                await store.WriteAsync([Batch(0, 0, 1, Change(Alice, 2), Gone(Bob), Change(Address.FromNumber(3), 2))], Cancellation);
            }
        }
        Assert.Equal([(Alice, 1UL), (Bob, 1UL)], seen.OrderBy(x => x.Address).Select(x => (x.Address, x.Record.Nonce)));
    }
}
