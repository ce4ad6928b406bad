using System.Buffers.Binary;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>A value that a stored node holds, in fewer bytes than its RLP has.</summary>
public interface IStoredValue<TSelf> : ITrieValue
    where TSelf : struct, IStoredValue<TSelf>
{
    /// <summary>An upper bound of what <see cref="WriteStored"/> writes, in bytes.</summary>
    static abstract int MaxStoredLength { get; }

    /// <summary>Writes the value; returns the number of bytes.</summary>
    int WriteStored(Span<byte> destination);

    /// <summary>Reads what <see cref="WriteStored"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It isn't that.</exception>
    static abstract TSelf ReadStored(ref StoredReader reader);
}

/// <summary>Reads stored bytes from their beginning. Lengths are checked against the bytes left.</summary>
public ref struct StoredReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte ReadByte() => ReadBytes(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(sizeof(ushort)));

    public Hash256 ReadHash() => new(ReadBytes(Hash256.Length));

    /// <summary>A length and as many big-endian bytes without leading zeros.</summary>
    public UInt256 ReadInteger()
    {
        var length = ReadByte();
        return length <= Hash256.Length ? UInt256.FromBigEndian(ReadBytes(length)) : throw NotWritten();
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _rest.Length)
        {
            throw NotWritten();
        }
        var read = _rest[..count];
        _rest = _rest[count..];
        return read;
    }

    public static InvalidDataException NotWritten() => new("Stored bytes aren't what was written.");
}

/// <summary>Writes stored bytes into a span that has room for them.</summary>
internal ref struct StoredWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    public void WriteByte(byte value) => _destination[Length++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_destination[Length..], value);
        Length += sizeof(ushort);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }

    public void WriteHash(Hash256 hash)
    {
        hash.Span.CopyTo(_destination[Length..]);
        Length += Hash256.Length;
    }

    public void WriteInteger(in UInt256 value)
    {
        var length = value.WriteMinimalBigEndian(_destination[(Length + 1)..]);
        _destination[Length] = (byte)length;
        Length += 1 + length;
    }

    public void WriteValue<TValue>(in TValue value)
        where TValue : struct, IStoredValue<TValue>
        => Length += value.WriteStored(_destination[Length..]);
}
