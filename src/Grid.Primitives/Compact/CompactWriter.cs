using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Grid.Primitives;

/// <summary>Writes LEB128 numbers, length-prefixed words and raw bytes into one growing buffer, which is rented: Grid's own form of what silos send each other and the journal keeps.</summary>
public sealed class CompactWriter(int capacity) : IDisposable
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
