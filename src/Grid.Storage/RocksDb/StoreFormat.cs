using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Storage.RocksDb;

/// <summary>The store's keys and values as bytes. Pinned by a test: a change needs another <see cref="RocksDbFolder.FormatVersion"/>.</summary>
internal static class StoreFormat
{
    /// <summary>The account's trie key first: its storage is one range of keys.</summary>
    public static byte[] StorageNodeKey(in Hash256 account, in TriePath path)
    {
        var key = new ValueWriter(new byte[Hash256.Length + StoredNodes.KeyBytes(in path)]);
        key.WriteBytes(account.Span);
        key.WriteBytes(StoredNodes.KeyOf(in path));
        return key.Finish();
    }

    /// <summary>A key after all those of an account's storage.</summary>
    public static byte[] StorageEndKey(in Hash256 account)
    {
        // One byte longer than the last key: the end of a range isn't part of it.
        var end = new byte[Hash256.Length + Hash256.Length + 2];
        end.AsSpan().Fill(byte.MaxValue);
        account.Span.CopyTo(end);
        return end;
    }

    public static byte[] EncodeShard(ulong version, in SliceRoot root)
    {
        var encoded = root.Encode();
        var value = new ValueWriter(new byte[1 + sizeof(ulong) + encoded.Length]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteUInt64(version);
        value.WriteBytes(encoded);
        return value.Finish();
    }

    public static (ulong Version, SliceRoot Root) DecodeShard(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "a shard's version");
        value.ReadVersion();
        var version = value.ReadUInt64();
        try
        {
            return (version, SliceRoot.Decode(value.ReadRest()));
        }
        catch (Primitives.Rlp.RlpException)
        {
            throw value.Corrupt();
        }
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
}
