using Grid.Primitives;

namespace Grid.Storage.RocksDb;

/// <summary>The journal's keys and values as bytes. Pinned by a test: a change needs another <see cref="RocksDbFolder.FormatVersion"/>.</summary>
internal static class JournalFormat
{
    public static readonly byte[] HeadKey = "head"u8.ToArray();

    public static readonly byte[] FencingKey = "fence"u8.ToArray();

    /// <summary>How many blocks, from the genesis block on, have their transactions in the index and out of the pool table.</summary>
    public static readonly byte[] IndexedKey = "indexed"u8.ToArray();

    public static readonly byte[] ChainKey = "chain"u8.ToArray();

    private const int TransactionBytes = Hash256.Length + Address.Length;

    public static byte[] NumberKey(ulong number)
    {
        var key = new ValueWriter(new byte[sizeof(ulong)]);
        key.WriteUInt64(number);
        return key.Finish();
    }

    /// <summary>A height or a fencing number.</summary>
    public static byte[] EncodeNumber(ulong number)
    {
        var value = new ValueWriter(new byte[1 + sizeof(ulong)]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteUInt64(number);
        return value.Finish();
    }

    public static ulong DecodeNumber(ReadOnlySpan<byte> bytes, string what)
    {
        var value = new ValueReader(bytes, what);
        value.ReadVersion();
        var number = value.ReadUInt64();
        value.ExpectEnd();
        return number;
    }

    /// <summary>A block's hash.</summary>
    public static byte[] EncodeHash(in Hash256 hash)
    {
        var value = new ValueWriter(new byte[1 + Hash256.Length]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteBytes(hash.Span);
        return value.Finish();
    }

    public static Hash256 DecodeHash(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "a block's hash");
        value.ReadVersion();
        var hash = value.ReadHash();
        value.ExpectEnd();
        return hash;
    }

    public static byte[] EncodeChain(ChainRecord chain)
    {
        var value = new ValueWriter(new byte[1 + Hash256.Length + chain.Genesis.Length]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteBytes(chain.Fingerprint.Span);
        value.WriteBytes(chain.Genesis.Span);
        return value.Finish();
    }

    public static ChainRecord DecodeChain(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "the chain's genesis");
        value.ReadVersion();
        return new ChainRecord(value.ReadHash(), value.ReadRest());
    }

    public static byte[] EncodeHead(JournalHead head)
    {
        var value = new ValueWriter(new byte[1 + sizeof(ulong) + (3 * Hash256.Length)]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteUInt64(head.Number);
        value.WriteBytes(head.Hash.Span);
        value.WriteBytes(head.StateRoot.Span);
        value.WriteWord(head.TotalDifficulty);
        return value.Finish();
    }

    public static JournalHead DecodeHead(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "the journal's head");
        value.ReadVersion();
        var head = new JournalHead(value.ReadUInt64(), value.ReadHash(), value.ReadHash(), value.ReadWord());
        value.ExpectEnd();
        return head;
    }

    public static byte[] EncodeLocation(TransactionLocation location)
    {
        var value = new ValueWriter(new byte[1 + sizeof(ulong) + sizeof(int)]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteUInt64(location.BlockNumber);
        value.WriteInt32(location.Index);
        return value.Finish();
    }

    public static TransactionLocation DecodeLocation(ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, "a transaction's place");
        value.ReadVersion();
        var location = new TransactionLocation(value.ReadUInt64(), value.ReadInt32());
        value.ExpectEnd();
        return location;
    }

    public static byte[] EncodePoolEntry(PoolEntry entry)
    {
        var value = new ValueWriter(new byte[1 + Address.Length + sizeof(ulong) + entry.Raw.Length]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteBytes(entry.Sender.Span);
        value.WriteUInt64((ulong)entry.AdmittedUnixMs);
        value.WriteBytes(entry.Raw.Span);
        return value.Finish();
    }

    public static PoolEntry DecodePoolEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes)
    {
        var hash = new ValueReader(key, "the key of an admitted transaction");
        var value = new ValueReader(bytes, "an admitted transaction");
        value.ReadVersion();
        var (sender, admittedUnixMs) = (value.ReadAddress(), (long)value.ReadUInt64());
        return new PoolEntry(hash.ReadHash(), sender, value.ReadRest(), admittedUnixMs);
    }

    /// <summary>All but the number, which is the key.</summary>
    public static byte[] EncodeBlock(JournalBlock block)
    {
        var hashes = block.TransactionHashes.Span;
        var senders = block.Senders.Span;
        if (hashes.Length != senders.Length)
        {
            throw new ArgumentException($"Block {block.Number} has {hashes.Length} transactions and {senders.Length} senders.", nameof(block));
        }
        var receipts = ZeroRuns.Encode(block.Receipts.Span);
        var lengths = checked(block.Block.Length + receipts.Length + block.AccessList.Length + (hashes.Length * TransactionBytes));
        var value = new ValueWriter(new byte[checked(1 + (4 * Hash256.Length) + (4 * sizeof(int)) + lengths)]);
        value.WriteByte(RocksDbFolder.FormatVersion);
        value.WriteBytes(block.Hash.Span);
        value.WriteBytes(block.ParentHash.Span);
        value.WriteBytes(block.StateRoot.Span);
        value.WriteWord(block.TotalDifficulty);
        value.WriteBlob(block.Block.Span);
        value.WriteBlob(receipts);
        value.WriteBlob(block.AccessList.Span);
        value.WriteInt32(hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
        {
            value.WriteBytes(hashes[i].Span);
            value.WriteBytes(senders[i].Span);
        }
        return value.Finish();
    }

    public static JournalBlock DecodeBlock(ulong number, ReadOnlySpan<byte> bytes)
    {
        var value = new ValueReader(bytes, $"block {number} in the journal");
        value.ReadVersion();
        var (hash, parentHash, stateRoot, totalDifficulty) = (value.ReadHash(), value.ReadHash(), value.ReadHash(), value.ReadWord());
        var (block, receipts, accessList) = (value.ReadBlob(), ZeroRuns.Decode(value.ReadBlob()) ?? throw value.Corrupt(), value.ReadBlob());
        var hashes = new Hash256[value.ReadCount(TransactionBytes)];
        var senders = new Address[hashes.Length];
        for (var i = 0; i < hashes.Length; i++)
        {
            (hashes[i], senders[i]) = (value.ReadHash(), value.ReadAddress());
        }
        value.ExpectEnd();
        return new JournalBlock(number, hash, parentHash, stateRoot, totalDifficulty, block, receipts, accessList, hashes, senders);
    }
}
