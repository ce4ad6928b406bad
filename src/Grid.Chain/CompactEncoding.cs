using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Writes LEB128 numbers, length-prefixed words and raw bytes into one growing buffer, which is rented.</summary>
internal sealed class CompactWriter(int capacity) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }

    public void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    public void WriteNumber(ulong value)
    {
        Reserve(10);
        if (value < 0x80)
        {
            _buffer[_length++] = (byte)value;
            return;
        }
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[_length++] = (byte)value;
    }

    public void WriteWord(in UInt256 value)
    {
        Reserve(33);
        if (value.FitsUInt64)
        {
            // Balances and most values: their bytes at the top of a word, of which the first ones count.
            var size = (71 - BitOperations.LeadingZeroCount(value.U0)) >> 3;
            _buffer[_length] = (byte)size;
            BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length + 1), size == 0 ? 0 : value.U0 << (64 - (8 * size)));
            _length += 1 + size;
            return;
        }
        var length = value.WriteMinimalBigEndian(_buffer.AsSpan(_length + 1));
        _buffer[_length] = (byte)length;
        _length += 1 + length;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int more)
    {
        if (_length + more > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + more));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}

/// <summary>Reads what <see cref="CompactWriter"/> writes. Counts are checked against the bytes left, so no input makes a large array.</summary>
internal ref struct CompactReader(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> _input = input;

    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position == _input.Length;

    public byte ReadByte() => ReadBytes(1)[0];

    public ulong ReadNumber()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = ReadByte();
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
        throw Malformed();
    }

    /// <summary>A number of items that follow, each of at least so many bytes.</summary>
    public int ReadCount(int itemBytesMin = 1)
    {
        var value = ReadNumber();
        return value <= (ulong)((_input.Length - Position) / itemBytesMin) ? (int)value : throw Malformed();
    }

    public uint ReadIndex()
    {
        var value = ReadNumber();
        return value < uint.MaxValue ? (uint)value : throw Malformed();
    }

    public UInt256 ReadWord()
    {
        var length = ReadByte();
        return length <= 32 ? UInt256.FromBigEndian(ReadBytes(length)) : throw Malformed();
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _input.Length - Position)
        {
            throw Malformed();
        }
        var bytes = _input.Slice(Position, count);
        Position += count;
        return bytes;
    }

    private readonly AccessListFormatException Malformed() => new(AccessListError.Malformed, Position);
}
