using System.Buffers.Binary;
using Grid.Primitives;

namespace Grid.Storage.RocksDb;

/// <summary>Fills an array of exactly the right length with a stored key or value; numbers are big-endian, so that keys sort like them.</summary>
internal struct ValueWriter(byte[] destination)
{
    private readonly byte[] _destination = destination;
    private int _at;

    public void WriteByte(byte value) => _destination[_at++] = value;

    public void WriteUInt16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_destination.AsSpan(_at), checked((ushort)value));
        _at += sizeof(ushort);
    }

    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_destination.AsSpan(_at), value);
        _at += sizeof(int);
    }

    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_destination.AsSpan(_at), value);
        _at += sizeof(ulong);
    }

    public void WriteWord(in UInt256 value)
    {
        value.WriteBigEndian(_destination.AsSpan(_at, Hash256.Length));
        _at += Hash256.Length;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination.AsSpan(_at));
        _at += bytes.Length;
    }

    /// <summary>The length first.</summary>
    public void WriteBlob(ReadOnlySpan<byte> bytes)
    {
        WriteInt32(bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>The whole array.</summary>
    public readonly byte[] Finish() =>
        _at == _destination.Length ? _destination : throw new InvalidOperationException($"Wrote {_at} of {_destination.Length} bytes.");
}
