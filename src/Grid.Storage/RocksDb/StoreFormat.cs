using Grid.Primitives;
using Grid.State;

namespace Grid.Storage.RocksDb;

/// <summary>The store's keys and values as bytes. Pinned by a test: a change needs another <see cref="RocksDbFolder.FormatVersion"/>.</summary>
internal static class StoreFormat
{
    private const byte HasCode = 1, HasStorage = 2;

    public const int AccountKeyBytes = sizeof(ushort) + Address.Length;

    public const int SlotKeyBytes = AccountKeyBytes + Hash256.Length;

    public static byte[] ShardKey(int shard)
    {
        var key = new ValueWriter(new byte[sizeof(ushort)]);
        key.WriteUInt16(shard);
        return key.Finish();
    }

    public static byte[] AccountKey(int shard, in Address address)
    {
        var key = new ValueWriter(new byte[AccountKeyBytes]);
        key.WriteUInt16(shard);
        key.WriteBytes(address.Span);
        return key.Finish();
    }

    public static byte[] SlotKey(int shard, in Address address, in UInt256 slot)
    {
        var key = new ValueWriter(new byte[SlotKeyBytes]);
        key.WriteUInt16(shard);
        key.WriteBytes(address.Span);
        key.WriteWord(in slot);
        return key.Finish();
    }

    /// <summary>The hashes of what an account hasn't got are left out: most accounts have neither code nor storage.</summary>
    public static byte[] EncodeRecord(in AccountRecord record)
    {
        var hashes = (record.HasCode ? Hash256.Length : 0) + (record.HasStorage ? Hash256.Length : 0);
        var value = new ValueWriter(new byte[2 + sizeof(ulong) + 1 + record.Balance.ByteLength + hashes]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteByte((byte)((record.HasCode ? HasCode : 0) | (record.HasStorage ? HasStorage : 0)));
        value.WriteUInt64(record.Nonce);
        WriteMinimal(ref value, record.Balance);
        if (record.HasCode)
        {
            value.WriteBytes(record.CodeHash.Span);
        }
        if (record.HasStorage)
        {
            value.WriteBytes(record.StorageRoot.Span);
        }
        return value.Finish();
    }

    public static StoredAccount DecodeAccount(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes)
    {
        var name = new ValueReader(key, "the key of an account");
        name.ReadUInt16();
        var address = name.ReadAddress();
        name.ExpectEnd();
        var value = new ValueReader(bytes, $"the record of {address}");
        value.ReadVersion();
        var flags = value.ReadByte();
        if ((flags & ~(HasCode | HasStorage)) != 0)
        {
            throw value.Corrupt();
        }
        var record = AccountRecord.Empty with { Nonce = value.ReadUInt64(), Balance = ReadMinimal(ref value) };
        if ((flags & HasCode) != 0)
        {
            record = record with { CodeHash = value.ReadHash() };
        }
        if ((flags & HasStorage) != 0)
        {
            record = record with { StorageRoot = value.ReadHash() };
        }
        value.ExpectEnd();
        return new StoredAccount(address, record);
    }

    public static byte[] EncodeSlot(in UInt256 word)
    {
        var value = new ValueWriter(new byte[2 + word.ByteLength]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        WriteMinimal(ref value, in word);
        return value.Finish();
    }

    public static KeyValuePair<UInt256, UInt256> DecodeSlot(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes)
    {
        var name = new ValueReader(key, "the key of a slot");
        name.ReadBytes(AccountKeyBytes);
        var slot = name.ReadWord();
        name.ExpectEnd();
        var value = new ValueReader(bytes, "the value of a slot");
        value.ReadVersion();
        var word = ReadMinimal(ref value);
        value.ExpectEnd();
        return KeyValuePair.Create(slot, word);
    }

    public static byte[] EncodeCode(ReadOnlySpan<byte> code)
    {
        var value = new ValueWriter(new byte[1 + code.Length]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteBytes(code);
        return value.Finish();
    }

    public static byte[] DecodeCode(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "a contract's code");
        value.ReadVersion();
        return value.ReadRest();
    }

    private static void WriteMinimal(ref ValueWriter value, in UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        value.WriteByte((byte)word.ByteLength);
        value.WriteBytes(bytes[..word.WriteMinimalBigEndian(bytes)]);
    }

    private static UInt256 ReadMinimal(ref ValueReader value)
    {
        var length = value.ReadByte();
        return length <= Hash256.Length ? UInt256.FromBigEndian(value.ReadBytes(length)) : throw value.Corrupt();
    }
}
