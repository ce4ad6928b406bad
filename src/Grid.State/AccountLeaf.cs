using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.State;

/// <summary>
/// What a leaf of the account trie holds: the record and, where it is on this silo, the account's storage trie. The record's
/// storage root is authoritative; the trie is null when it isn't here, or when the account has no storage.
/// </summary>
public readonly struct AccountLeaf(in AccountRecord record, MerkleTrie<SlotValue>? storage) : IStoredValue<AccountLeaf>
{
    private const byte HasCode = 1, HasStorage = 2;

    private readonly AccountRecord _record = record;
    private readonly bool _keepsStorage;

    private AccountLeaf(in AccountRecord record, bool keepsStorage)
        : this(record with { StorageRoot = Keccak256.OfEmptyString }, null) => _keepsStorage = keepsStorage;

    /// <summary>A change of a leaf that leaves it the storage it has, if any: the record's storage root isn't looked at.</summary>
    public static AccountLeaf KeepingStorage(in AccountRecord record) => new(in record, keepsStorage: true);

    /// <summary>A leaf whose storage is stored, and not in memory yet.</summary>
    internal static AccountLeaf Stored(in AccountRecord record) =>
        new(in record, record.HasStorage ? new MerkleTrie<SlotValue>(new HashNode(record.StorageRoot), 0) : null);

    /// <summary>The leaf that follows another.</summary>
    internal static AccountLeaf Merge(in AccountLeaf before, in AccountLeaf change) => change._keepsStorage
        ? new AccountLeaf(change._record with { StorageRoot = before._record.StorageRoot }, before.Storage)
        : change;

    public AccountRecord Record => _record;

    public MerkleTrie<SlotValue>? Storage { get; } = storage;

    // A list's header of two bytes, nine for the nonce, 33 each for balance and two hashes.
    public int MaxEncodedLength => 2 + 9 + (3 * 33);

    public int Encode(Span<byte> destination) => _record.EncodeRlp(destination);

    // Flags, a nonce, a balance with its length, two hashes.
    static int IStoredValue<AccountLeaf>.MaxStoredLength => 1 + sizeof(ulong) + 33 + (2 * Hash256.Length);

    /// <summary>The hashes of what an account hasn't got are left out: most accounts have neither code nor storage.</summary>
    int IStoredValue<AccountLeaf>.WriteStored(Span<byte> destination)
    {
        var writer = new StoredWriter(destination);
        writer.WriteByte((byte)((_record.HasCode ? HasCode : 0) | (_record.HasStorage ? HasStorage : 0)));
        writer.WriteInteger(new UInt256(_record.Nonce));
        writer.WriteInteger(_record.Balance);
        if (_record.HasCode)
        {
            writer.WriteHash(_record.CodeHash);
        }
        if (_record.HasStorage)
        {
            writer.WriteHash(_record.StorageRoot);
        }
        return writer.Length;
    }

    static AccountLeaf IStoredValue<AccountLeaf>.ReadStored(ref StoredReader reader)
    {
        var flags = reader.ReadByte();
        var nonce = reader.ReadInteger();
        if ((flags & ~(HasCode | HasStorage)) != 0 || !nonce.FitsUInt64)
        {
            throw StoredReader.NotWritten();
        }
        var record = AccountRecord.Empty with { Nonce = nonce.U0, Balance = reader.ReadInteger() };
        if ((flags & HasCode) != 0)
        {
            record = record with { CodeHash = reader.ReadHash() };
        }
        if ((flags & HasStorage) != 0)
        {
            record = record with { StorageRoot = reader.ReadHash() };
        }
        return Stored(in record);
    }
}

/// <summary>What a leaf of a storage trie holds: a value that isn't zero.</summary>
public readonly struct SlotValue(in UInt256 value) : IStoredValue<SlotValue>
{
    private readonly UInt256 _value = value;

    public UInt256 Value => _value;

    public int MaxEncodedLength => 33;

    /// <summary>The RLP of the integer (the leaf wraps it once more).</summary>
    public int Encode(Span<byte> destination) => RlpPieces.WriteInteger(destination, in _value);

    static int IStoredValue<SlotValue>.MaxStoredLength => 1 + Hash256.Length;

    int IStoredValue<SlotValue>.WriteStored(Span<byte> destination)
    {
        var writer = new StoredWriter(destination);
        writer.WriteInteger(in _value);
        return writer.Length;
    }

    static SlotValue IStoredValue<SlotValue>.ReadStored(ref StoredReader reader) => new(reader.ReadInteger());
}

/// <summary>RLP of integers and hashes into a span.</summary>
internal static class RlpPieces
{
    public static int WriteInteger(Span<byte> destination, in UInt256 value)
    {
        if (value.FitsUInt64 && value.U0 is > 0 and < 0x80)
        {
            destination[0] = (byte)value.U0;
            return 1;
        }
        var length = value.WriteMinimalBigEndian(destination[1..]);
        destination[0] = (byte)(0x80 + length);
        return length + 1;
    }

    public static int WriteHash(Span<byte> destination, in Hash256 hash)
    {
        destination[0] = 0x80 + Hash256.Length;
        hash.Span.CopyTo(destination[1..]);
        return 1 + Hash256.Length;
    }
}
