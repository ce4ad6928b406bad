using Grid.Crypto;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

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

    /// <summary>The prefix of one nibble.</summary>
    public static TriePath Prefix(int shard) => TriePath.Root.Append(shard);

    /// <summary>A trie key in a shard.</summary>
    public static Hash256 Key(int shard, ulong value)
    {
        var bytes = Keccak256.Hash(BitConverter.GetBytes(value)).ToArray();
        bytes[0] = (byte)((shard << 4) | (bytes[0] & 15));
        return new Hash256(bytes);
    }

    /// <summary>A leaf on top of another one: a nonce, and changed slots.</summary>
    public static AccountLeaf Leaf(ulong nonce, AccountLeaf? before = null, INodeSource? nodes = null, params (int Slot, int Value)[] slots)
    {
        var storage = StorageChanges.Apply(
            before?.Storage ?? MerkleTrie<SlotValue>.Empty, cleared: false, [.. slots.Select(x => new SlotChange((UInt256)x.Slot, default, (UInt256)x.Value))], nodes);
        return new AccountLeaf(AccountRecord.Empty with { Nonce = nonce, StorageRoot = storage.RootHash() }, storage.Root is null ? null : storage);
    }

    /// <summary>The run of blocks between two slices, without code.</summary>
    public static StoreBatch Batch(ulong from, ulong to, StateShard? before, StateShard after)
    {
        after.Root();
        return new StoreBatch(from, to, before, after, []);
    }

    /// <summary>A shard without accounts, as the genesis state has it.</summary>
    public static StoreBatch EmptyGenesis(int shard) => Batch(0, 0, null, StateShard.Empty(Prefix(shard)));

    /// <summary>Writes changes on top of what the store has, as the next version or, where there is none, as the genesis state.</summary>
    public static async Task<bool> WriteNextAsync(IStateStore store, int shard, params LeafChange[] changes)
    {
        var stored = await store.ReadShardAsync(Prefix(shard));
        var before = stored?.Slice ?? StateShard.Empty(Prefix(shard));
        var version = stored?.Version ?? 0;
        return await store.WriteAsync([Batch(version, stored is null ? 0 : version + 1, stored?.Slice, before.Apply(changes))]);
    }

    /// <summary>An account as text, with these slots: all of it read from the store.</summary>
    public static async Task<string> DescribeAsync(IStateStore store, int shard, Hash256 key, IEnumerable<int> slots)
    {
        var stored = await store.ReadShardAsync(Prefix(shard));
        if (stored is null)
        {
            return "no shard";
        }
        Assert.True(stored.Slice.TryGet(in key, out var leaf));
        var values = slots.Select(slot =>
        {
            Assert.True(stored.Slice.TryGetSlot(in key, KeyHashes.Of((UInt256)slot), out var value));
            return value;
        });
        return $"{leaf?.Record} {string.Join(',', values)}";
    }

    public static Bytecode Code(params byte[] bytes) => new(bytes, Keccak256.Hash(bytes));

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
