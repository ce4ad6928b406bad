using Grid.Primitives;
using Grid.State;

namespace Grid.Storage.RocksDb;

/// <summary>The history's keys and values as bytes. Pinned by a test: a change needs another <see cref="RocksDbFolder.FormatVersion"/>.</summary>
/// <remarks>A key ends with the number of the block that changed the value, so that what changed after a block is next to its place.</remarks>
internal static class HistoryFormat
{
    public static readonly byte[] StartKey = "history"u8.ToArray();

    private const byte AccountKind = 0, SlotKind = 1;

    public static byte[] AccountPrefix(in Address address)
    {
        var key = new ValueWriter(new byte[1 + Address.Length]);
        key.WriteByte(AccountKind);
        key.WriteBytes(address.Span);
        return key.Finish();
    }

    /// <param name="key">The slot's key in the storage trie.</param>
    public static byte[] SlotPrefix(in Address address, in Hash256 key)
    {
        var prefix = new ValueWriter(new byte[1 + Address.Length + Hash256.Length]);
        prefix.WriteByte(SlotKind);
        prefix.WriteBytes(address.Span);
        prefix.WriteBytes(key.Span);
        return prefix.Finish();
    }

    public static byte[] KeyAt(byte[] prefix, ulong number)
    {
        var key = new ValueWriter(new byte[prefix.Length + sizeof(ulong)]);
        key.WriteBytes(prefix);
        key.WriteUInt64(number);
        return key.Finish();
    }

    /// <summary>Nothing after the version where there was no account.</summary>
    public static byte[] EncodeAccount(AccountRecord? before)
    {
        var rlp = before?.ToRlp() ?? [];
        var value = new ValueWriter(new byte[1 + rlp.Length]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteBytes(rlp);
        return value.Finish();
    }

    public static AccountBefore DecodeAccount(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "an account's record before a block");
        value.ReadVersion();
        var rlp = value.ReadRest();
        try
        {
            return new AccountBefore(rlp.Length == 0 ? null : AccountRecord.DecodeRlp(rlp));
        }
        catch (Primitives.Rlp.RlpException)
        {
            throw value.Corrupt();
        }
    }

    public static byte[] EncodeSlot(in UInt256 before)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        var digits = bytes[..before.WriteMinimalBigEndian(bytes)];
        var value = new ValueWriter(new byte[1 + digits.Length]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteBytes(digits);
        return value.Finish();
    }

    public static UInt256 DecodeSlot(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "a slot's value before a block");
        value.ReadVersion();
        var digits = value.ReadRest();
        return digits.Length <= Hash256.Length ? UInt256.FromBigEndian(digits) : throw value.Corrupt();
    }
}
