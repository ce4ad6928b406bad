using System.Buffers.Binary;
using Grid.Primitives;

namespace Grid.Storage.RocksDb;

/// <summary>Reads what <see cref="ValueWriter"/> writes. Lengths are checked against the bytes left, so no input makes a large array.</summary>
/// <param name="what">What the value is, for the error.</param>
internal ref struct ValueReader(ReadOnlySpan<byte> input, string what)
{
    private readonly string _what = what;
    private ReadOnlySpan<byte> _rest = input;

    /// <summary>The version byte that every value begins with.</summary>
    /// <exception cref="StorageException">Incompatible: it is another one.</exception>
    public void ReadVersion()
    {
        var version = ReadByte();
        if (version != RocksDbFolder.FormatVersion)
        {
            throw new StorageException(StorageError.Incompatible, $"{_what} has version {version} of the format, not {RocksDbFolder.FormatVersion}");
        }
    }

    public byte ReadByte() => ReadBytes(1)[0];

    public int ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(sizeof(ushort)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(ReadBytes(sizeof(ulong)));

    public UInt256 ReadWord() => UInt256.FromBigEndian(ReadBytes(Hash256.Length));

    public Hash256 ReadHash() => new(ReadBytes(Hash256.Length));

    public Address ReadAddress() => new(ReadBytes(Address.Length));

    public byte[] ReadBlob() => ReadBytes(ReadInt32()).ToArray();

    /// <summary>A number that isn't negative.</summary>
    public int ReadInt32()
    {
        var value = BinaryPrimitives.ReadInt32BigEndian(ReadBytes(sizeof(int)));
        return value >= 0 ? value : throw Corrupt();
    }

    /// <summary>A number of items that follow, each of a known length.</summary>
    public int ReadCount(int itemBytes)
    {
        var count = ReadInt32();
        return count <= _rest.Length / itemBytes ? count : throw Corrupt();
    }

    public byte[] ReadRest()
    {
        var rest = _rest.ToArray();
        _rest = [];
        return rest;
    }

    public readonly void ExpectEnd()
    {
        if (!_rest.IsEmpty)
        {
            throw Corrupt();
        }
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _rest.Length)
        {
            throw Corrupt();
        }
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public readonly StorageException Corrupt() => new(StorageError.Corrupt, $"{_what} isn't what was written");
}
