using Grid.Primitives;
using Grid.State;
using Grid.Storage.Memory;

namespace Grid.Storage.Tests;

public sealed class MemoryStateStoreTests
{
    private static readonly Address Alice = Address.FromNumber(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batches_are_atomic_and_must_start_at_the_shards_version()
    {
        var store = new MemoryStateStore();
        Assert.Null(await store.ReadVersionAsync(3, Cancellation));
        Assert.False(await store.WriteAsync([Batch(3, 0, 4)], Cancellation));
        Assert.True(await store.WriteAsync([Batch(3, 0, 0)], Cancellation));
        Assert.True(await store.WriteAsync([Batch(3, 0, 4, Change(5))], Cancellation));
        Assert.False(await store.WriteAsync([Batch(3, 4, 6, Change(6)), Batch(2, 1, 6)], Cancellation));
        Assert.Equal(4UL, await store.ReadVersionAsync(3, Cancellation));
        Assert.Equal(5UL, (await Read(store, 3)).Single().Record.Nonce);
    }

    [Fact]
    public async Task Slots_are_set_removed_and_cleared()
    {
        var store = new MemoryStateStore();
        await store.WriteAsync([Batch(0, 0, 0, Change(1, false, (1, 10), (2, 20)))], Cancellation);
        await store.WriteAsync([Batch(0, 0, 1, Change(1, false, (1, 0), (3, 30)))], Cancellation);
        Assert.Equal([(2, 20), (3, 30)], await Slots(store));
        await store.WriteAsync([Batch(0, 1, 2, Change(1, true, (7, 70)))], Cancellation);
        Assert.Equal([(7, 70)], await Slots(store));
        await store.WriteAsync([Batch(0, 2, 3, new StoredAccountChange(Alice, null, true, []))], Cancellation);
        Assert.Empty(await Slots(store));
        Assert.Empty(await Read(store, 0));
    }

    private static StoreBatch Batch(int shard, ulong from, ulong to, params StoredAccountChange[] changes) => new(shard, from, to, changes, []);

    private static StoredAccountChange Change(ulong nonce, bool cleared = false, params (int Slot, int Value)[] slots) =>
        new(Alice, AccountRecord.Empty with { Nonce = nonce }, cleared, [.. slots.Select(x => KeyValuePair.Create((UInt256)x.Slot, (UInt256)x.Value))]);

    private static async Task<List<StoredAccount>> Read(MemoryStateStore store, int shard)
    {
        var accounts = new List<StoredAccount>();
        await foreach (var account in store.ReadShardAsync(shard, Cancellation))
        {
            accounts.Add(account);
        }
        return accounts;
    }

    private static async Task<IEnumerable<(int, int)>> Slots(MemoryStateStore store) =>
        (await store.ReadStorageAsync(0, Alice, Cancellation)).Select(x => ((int)(ulong)x.Key, (int)(ulong)x.Value)).Order();
}
