using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Storage.Tests;

/// <summary>Small blocks, pool entries and batches, told apart by a number.</summary>
internal static class Samples
{
    public static Hash256 Hash(ulong value) => Hash256.FromWord(value);

    public static PoolEntry Entry(ulong value) => new(Hash(1000 + value), Address.FromNumber(value), new byte[] { 1, (byte)value }, 1_700_000_000_000 + (long)value);

    public static JournalBlock Block(ulong number, Hash256 parent, params Hash256[] transactions) => new(
        number,
        Hash(number),
        parent,
        Hash(9),
        number + UInt256.One,
        new byte[] { 1, (byte)number },
        new byte[] { 2, (byte)number, 0 },
        new byte[] { 3 },
        transactions,
        transactions.Select((_, i) => Address.FromNumber((ulong)i + 1)).ToArray());

    public static StoreBatch Batch(int shard, ulong from, ulong to, params StoredAccountChange[] changes) => new(shard, from, to, changes, []);

    public static StoredAccountChange Change(Address address, ulong nonce, bool cleared = false, params (int Slot, int Value)[] slots) =>
        new(address, AccountRecord.Empty with { Nonce = nonce }, cleared, [.. slots.Select(x => KeyValuePair.Create((UInt256)x.Slot, (UInt256)x.Value))]);

    public static StoredAccountChange Gone(Address address) => new(address, null, true, []);

    public static Bytecode Code(params byte[] bytes) => new(bytes, Keccak256.Hash(bytes));

    public static async Task<List<StoredAccount>> ReadAsync(IStateStore store, int shard, CancellationToken cancellation)
    {
        var accounts = new List<StoredAccount>();
        await foreach (var account in store.ReadShardAsync(shard, cancellation))
        {
            accounts.Add(account);
        }
        return [.. accounts.OrderBy(x => x.Address)];
    }

    public static async Task<IEnumerable<(int, int)>> SlotsAsync(IStateStore store, int shard, Address address, CancellationToken cancellation) =>
        (await store.ReadStorageAsync(shard, address, cancellation)).Select(x => ((int)(ulong)x.Key, (int)(ulong)x.Value)).Order();

    /// <summary>Equal in every byte: the record itself compares memory by reference.</summary>
    public static void AssertEqual(JournalBlock expected, JournalBlock? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(
            (expected.Number, expected.Hash, expected.ParentHash, expected.StateRoot, expected.TotalDifficulty),
            (actual.Number, actual.Hash, actual.ParentHash, actual.StateRoot, actual.TotalDifficulty));
        Assert.Equal(expected.Block.ToArray(), actual.Block.ToArray());
        Assert.Equal(expected.Receipts.ToArray(), actual.Receipts.ToArray());
        Assert.Equal(expected.AccessList.ToArray(), actual.AccessList.ToArray());
        Assert.Equal(expected.TransactionHashes.ToArray(), actual.TransactionHashes.ToArray());
        Assert.Equal(expected.Senders.ToArray(), actual.Senders.ToArray());
    }

    public static void AssertEqual(IEnumerable<PoolEntry> expected, IEnumerable<PoolEntry> actual) => Assert.Equal(
        expected.OrderBy(x => x.Hash).Select(x => (x.Hash, x.Sender, Hex.Encode(x.Raw.Span), x.AdmittedUnixMs)),
        actual.OrderBy(x => x.Hash).Select(x => (x.Hash, x.Sender, Hex.Encode(x.Raw.Span), x.AdmittedUnixMs)));
}
