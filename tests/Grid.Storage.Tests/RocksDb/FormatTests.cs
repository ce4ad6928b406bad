using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage.RocksDb;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>
/// What lies on disk, byte by byte. When one of these fails, data folders of earlier versions can't be read any more: raise
/// <see cref="RocksDbFolder.FormatVersion"/>, and say how to come from one to the other.
/// </summary>
public sealed class FormatTests
{
    private const string Zero8 = "0000000000000000";

    private static readonly string Zero30 = new('0', 60);

    private static readonly Address Alice = Address.Parse("0x00112233445566778899aabbccddeeff01020304");

    [Fact]
    public void Names_are_pinned()
    {
        Assert.Equal(2, RocksDbFolder.FormatVersion);
        Assert.Equal(["default", "blocks", "numbers", "transactions", "pool", "versions", "nodes", "storage", "codes", "hashes", "history"], Families.Names);
        Assert.Equal("head"u8.ToArray(), JournalFormat.HeadKey);
        Assert.Equal("chain"u8.ToArray(), JournalFormat.ChainKey);
        Assert.Equal("indexed"u8.ToArray(), JournalFormat.IndexedKey);
        Assert.Equal("fence"u8.ToArray(), JournalFormat.FencingKey);
    }

    [Fact]
    public void Keys_are_big_endian()
    {
        AssertBytes("0102030405060708", JournalFormat.NumberKey(0x0102030405060708));
        AssertBytes("00", StoredNodes.KeyOf(TriePath.Root));
        AssertBytes("a0" + "01", StoredNodes.KeyOf(Prefix(10)));
        AssertBytes("ab" + "02", StoredNodes.KeyOf(Prefix(10).Append(11)));
        AssertBytes("abc0" + "03", StoredNodes.KeyOf(Prefix(10).Append(11).Append(12)));
        AssertBytes(Zero30 + "5107" + "ab" + "02", StoreFormat.StorageNodeKey(Hash(0x5107), Prefix(10).Append(11)));
        AssertBytes(Zero30 + "5107" + new string('f', 68), StoreFormat.StorageEndKey(Hash(0x5107)));
    }

    [Fact]
    public void Numbers()
    {
        AssertBytes("02" + "0000000000001234", JournalFormat.EncodeNumber(0x1234));
        Assert.Equal(0x1234UL, JournalFormat.DecodeNumber(JournalFormat.EncodeNumber(0x1234), ""));
    }

    [Fact]
    public void A_blocks_hash()
    {
        AssertBytes("02" + Zero30 + "0a0b", JournalFormat.EncodeHash(Hash(0x0a0b)));
        Assert.Equal(Hash(0x0a0b), JournalFormat.DecodeHash(JournalFormat.EncodeHash(Hash(0x0a0b))));
    }

    [Fact]
    public void The_head()
    {
        var head = new JournalHead(3, Hash(0x0a0b), Hash(0x0c0d), 0x0e0f);
        AssertBytes("02" + "0000000000000003" + Zero30 + "0a0b" + Zero30 + "0c0d" + Zero30 + "0e0f", JournalFormat.EncodeHead(head));
        Assert.Equal(head, JournalFormat.DecodeHead(JournalFormat.EncodeHead(head)));
    }

    [Fact]
    public void The_history()
    {
        const string AliceHex = "00112233445566778899aabbccddeeff01020304";
        Assert.Equal("history"u8.ToArray(), HistoryFormat.StartKey);
        AssertBytes("00" + AliceHex + "0000000000000102", HistoryFormat.KeyAt(HistoryFormat.AccountPrefix(in Alice), 0x102));
        AssertBytes("01" + AliceHex + Zero30 + "0a0b" + "0000000000000102", HistoryFormat.KeyAt(HistoryFormat.SlotPrefix(in Alice, Hash(0x0a0b)), 0x102));
        var record = AccountRecord.Empty with { Nonce = 5, Balance = 0x1234 };
        AssertBytes("02" + Convert.ToHexStringLower(record.ToRlp()), HistoryFormat.EncodeAccount(record));
        Assert.Equal(record, HistoryFormat.DecodeAccount(HistoryFormat.EncodeAccount(record)).Record);
        AssertBytes("02", HistoryFormat.EncodeAccount(null));
        Assert.Null(HistoryFormat.DecodeAccount(HistoryFormat.EncodeAccount(null)).Record);
        AssertBytes("02" + "0102", HistoryFormat.EncodeSlot(0x102));
        AssertBytes("02", HistoryFormat.EncodeSlot(0));
        Assert.Equal((UInt256)0x102, HistoryFormat.DecodeSlot(HistoryFormat.EncodeSlot(0x102)));
        Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(() => HistoryFormat.DecodeAccount([2, 0xc0])).Error);
        Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(() => HistoryFormat.DecodeSlot([2, .. new byte[33]])).Error);
    }

    [Fact]
    public void The_genesis_file()
    {
        AssertBytes("02" + Zero30 + "0a0b" + "1f8b", JournalFormat.EncodeChain(new ChainRecord(Hash(0x0a0b), new byte[] { 0x1f, 0x8b })));
        var chain = JournalFormat.DecodeChain(JournalFormat.EncodeChain(new ChainRecord(Hash(7), new byte[] { 1, 2 })));
        Assert.Equal((Hash(7), "0102"), (chain.Fingerprint, Convert.ToHexStringLower(chain.Genesis.Span)));
    }

    [Fact]
    public void A_transactions_place()
    {
        var location = new TransactionLocation(0x99, 7);
        AssertBytes("02" + "0000000000000099" + "00000007", JournalFormat.EncodeLocation(location));
        Assert.Equal(location, JournalFormat.DecodeLocation(JournalFormat.EncodeLocation(location)));
    }

    [Fact]
    public void A_pool_entry()
    {
        var entry = new PoolEntry(Hash(1), Alice, new byte[] { 0xf8, 0x01 }, 0x18000000000);
        AssertBytes("02" + "00112233445566778899aabbccddeeff01020304" + "0000018000000000" + "f801", JournalFormat.EncodePoolEntry(entry));
        AssertEqual([entry], [JournalFormat.DecodePoolEntry(Hash(1).Span, JournalFormat.EncodePoolEntry(entry))]);
    }

    [Fact]
    public void A_block()
    {
        var block = new JournalBlock(
            5, Hash(0x11), Hash(0x12), Hash(0x13), 0x14, new byte[] { 0xaa }, new byte[] { 0xbb, 0xbb }, new byte[] { 0xcc }, new[] { Hash(0x15) }, new[] { Alice });
        AssertBytes(
            "02" + Zero30 + "0011" + Zero30 + "0012" + Zero30 + "0013" + Zero30 + "0014"
            + "00000001aa" + "00000008" + "00000002" + "02" + "bbbb" + "00" + "00000001cc" + "00000001" + Zero30 + "0015" + "00112233445566778899aabbccddeeff01020304",
            JournalFormat.EncodeBlock(block));
        AssertEqual(block, JournalFormat.DecodeBlock(5, JournalFormat.EncodeBlock(block)));
    }

    [Fact]
    public void A_shard()
    {
        AssertBytes("02" + "0000000000000099" + "c180", StoreFormat.EncodeShard(0x99, SliceRoot.Empty));
        var root = StateShard.Empty(Prefix(1)).Apply([new LeafChange(Key(1, 1), Leaf(1)), new LeafChange(Key(1, 2), Leaf(2))]).Root();
        Assert.Equal((7UL, root), StoreFormat.DecodeShard(StoreFormat.EncodeShard(7, root)));
    }

    [Fact]
    public void Code_of_a_contract()
    {
        AssertBytes("02" + "6001", StoreFormat.EncodeCode([0x60, 0x01]));
        Assert.Equal([0x60, 0x01], StoreFormat.DecodeCode(StoreFormat.EncodeCode([0x60, 0x01])));
    }

    [Fact]
    public void Another_version_of_a_value_is_incompatible()
    {
        Assert.Equal(StorageError.Incompatible, Assert.Throws<StorageException>(() => JournalFormat.DecodeNumber([1, 0, 0, 0, 0, 0, 0, 0, 0], "it")).Error);
        Assert.Equal(StorageError.Incompatible, Assert.Throws<StorageException>(() => StoreFormat.DecodeCode([0])).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("02" + Zero8)] // no top
    [InlineData("02" + Zero8 + "c104")] // a kind of top that there isn't
    [InlineData("02" + Zero8 + "c180" + "00")] // one byte too many
    public void A_shard_that_isnt_one_is_corrupt(string hex) =>
        Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(() => StoreFormat.DecodeShard(Convert.FromHexString(hex))).Error);

    [Fact]
    public void A_block_cut_anywhere_is_corrupt()
    {
        var whole = JournalFormat.EncodeBlock(Block(1, Hash(0), Hash(500), Hash(501)));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(() => JournalFormat.DecodeBlock(1, whole.AsSpan(0, length))).Error);
        }
        Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(() => JournalFormat.DecodeBlock(1, [.. whole, 0])).Error);
    }

    private static void AssertBytes(string hex, byte[] actual) => Assert.Equal(hex, Convert.ToHexStringLower(actual));
}
