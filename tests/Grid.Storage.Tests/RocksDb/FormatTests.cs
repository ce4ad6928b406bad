using Grid.Primitives;
using Grid.State;
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
        Assert.Equal(1, RocksDbFolder.FormatVersion);
        Assert.Equal(["default", "blocks", "numbers", "transactions", "pool", "versions", "accounts", "slots", "codes", "hashes"], Families.Names);
        Assert.Equal("head"u8.ToArray(), JournalFormat.HeadKey);
        Assert.Equal("fence"u8.ToArray(), JournalFormat.FencingKey);
    }

    [Fact]
    public void Keys_are_big_endian()
    {
        AssertBytes("0102030405060708", JournalFormat.NumberKey(0x0102030405060708));
        AssertBytes("000f", StoreFormat.ShardKey(15));
        AssertBytes("0102" + "00112233445566778899aabbccddeeff01020304", StoreFormat.AccountKey(0x102, Alice));
        AssertBytes("0102" + "00112233445566778899aabbccddeeff01020304" + Zero30 + "abcd", StoreFormat.SlotKey(0x102, Alice, 0xabcd));
    }

    [Fact]
    public void Numbers()
    {
        AssertBytes("01" + "0000000000001234", JournalFormat.EncodeNumber(0x1234));
        Assert.Equal(0x1234UL, JournalFormat.DecodeNumber(JournalFormat.EncodeNumber(0x1234), ""));
    }

    [Fact]
    public void A_blocks_hash()
    {
        AssertBytes("01" + Zero30 + "0a0b", JournalFormat.EncodeHash(Hash(0x0a0b)));
        Assert.Equal(Hash(0x0a0b), JournalFormat.DecodeHash(JournalFormat.EncodeHash(Hash(0x0a0b))));
    }

    [Fact]
    public void The_head()
    {
        var head = new JournalHead(3, Hash(0x0a0b), Hash(0x0c0d), 0x0e0f);
        AssertBytes("01" + "0000000000000003" + Zero30 + "0a0b" + Zero30 + "0c0d" + Zero30 + "0e0f", JournalFormat.EncodeHead(head));
        Assert.Equal(head, JournalFormat.DecodeHead(JournalFormat.EncodeHead(head)));
    }

    [Fact]
    public void A_transactions_place()
    {
        var location = new TransactionLocation(0x99, 7);
        AssertBytes("01" + "0000000000000099" + "00000007", JournalFormat.EncodeLocation(location));
        Assert.Equal(location, JournalFormat.DecodeLocation(JournalFormat.EncodeLocation(location)));
    }

    [Fact]
    public void A_pool_entry()
    {
        var entry = new PoolEntry(Hash(1), Alice, new byte[] { 0xf8, 0x01 }, 0x18000000000);
        AssertBytes("01" + "00112233445566778899aabbccddeeff01020304" + "0000018000000000" + "f801", JournalFormat.EncodePoolEntry(entry));
        AssertEqual([entry], [JournalFormat.DecodePoolEntry(Hash(1).Span, JournalFormat.EncodePoolEntry(entry))]);
    }

    [Fact]
    public void A_block()
    {
        var block = new JournalBlock(
            5, Hash(0x11), Hash(0x12), Hash(0x13), 0x14, new byte[] { 0xaa }, new byte[] { 0xbb, 0xbb }, new byte[] { 0xcc }, new[] { Hash(0x15) }, new[] { Alice });
        AssertBytes(
            "01" + Zero30 + "0011" + Zero30 + "0012" + Zero30 + "0013" + Zero30 + "0014"
            + "00000001aa" + "00000002bbbb" + "00000001cc" + "00000001" + Zero30 + "0015" + "00112233445566778899aabbccddeeff01020304",
            JournalFormat.EncodeBlock(block));
        AssertEqual(block, JournalFormat.DecodeBlock(5, JournalFormat.EncodeBlock(block)));
    }

    [Fact]
    public void An_account()
    {
        var plain = AccountRecord.Empty with { Nonce = 2, Balance = 0x1234 };
        AssertBytes("01" + "00" + "0000000000000002" + "021234", StoreFormat.EncodeRecord(plain));
        AssertBytes("01" + "00" + Zero8 + "00", StoreFormat.EncodeRecord(AccountRecord.Empty));
        var contract = plain with { CodeHash = Hash(0xc0de), StorageRoot = Hash(0x5107) };
        AssertBytes("01" + "03" + "0000000000000002" + "021234" + Zero30 + "c0de" + Zero30 + "5107", StoreFormat.EncodeRecord(contract));
        foreach (var record in new[] { plain, contract, contract with { StorageRoot = AccountRecord.Empty.StorageRoot }, plain with { StorageRoot = Hash(1) }, AccountRecord.Empty })
        {
            Assert.Equal(new StoredAccount(Alice, record), StoreFormat.DecodeAccount(StoreFormat.AccountKey(1, Alice), StoreFormat.EncodeRecord(record)));
        }
    }

    [Fact]
    public void Slots_and_code()
    {
        AssertBytes("01" + "02abcd", StoreFormat.EncodeSlot(0xabcd));
        AssertBytes("01" + "20" + new string('f', 64), StoreFormat.EncodeSlot(UInt256.MaxValue));
        AssertBytes("01" + "6001", StoreFormat.EncodeCode([0x60, 0x01]));
        Assert.Equal(
            KeyValuePair.Create<UInt256, UInt256>(UInt256.MaxValue, 0xabcd), StoreFormat.DecodeSlot(StoreFormat.SlotKey(0, Alice, UInt256.MaxValue), StoreFormat.EncodeSlot(0xabcd)));
        Assert.Equal([0x60, 0x01], StoreFormat.DecodeCode(StoreFormat.EncodeCode([0x60, 0x01])));
    }

    [Fact]
    public void Another_version_of_a_value_is_incompatible()
    {
        Assert.Equal(StorageError.Incompatible, Assert.Throws<StorageException>(() => JournalFormat.DecodeNumber([2, 0, 0, 0, 0, 0, 0, 0, 0], "it")).Error);
        Assert.Equal(StorageError.Incompatible, Assert.Throws<StorageException>(() => StoreFormat.DecodeCode([0])).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0104" + Zero8 + "00")] // a flag that nobody gave
    [InlineData("0100" + Zero8 + "21" + "00")] // a balance of 33 bytes
    [InlineData("0101" + Zero8 + "00")] // no code hash
    [InlineData("0100" + Zero8 + "00" + "00")] // one byte too many
    public void A_record_that_isnt_one_is_corrupt(string hex) => Assert.Equal(
        StorageError.Corrupt, Assert.Throws<StorageException>(() => StoreFormat.DecodeAccount(StoreFormat.AccountKey(1, Alice), Convert.FromHexString(hex))).Error);

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
