namespace Grid.Primitives;

/// <summary>Reads what <see cref="CompactWriter"/> writes. Counts are checked against the bytes left, so no input makes a large array.</summary>
public ref struct CompactReader(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> _input = input;

    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position == _input.Length;

    /// <exception cref="CompactFormatException">As of all reads: there are fewer bytes, or a number is too large.</exception>
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

    /// <summary>A place among so many items.</summary>
    public int ReadPlace(int count)
    {
        var value = ReadNumber();
        return value < (ulong)count ? (int)value : throw Malformed();
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

    public readonly CompactFormatException Malformed() => new(Position);
}

/// <summary>Bytes that aren't in the compact form.</summary>
/// <param name="offset">Bytes from the start of the input.</param>
public sealed class CompactFormatException(int offset) : FormatException($"Not in the compact form at byte {offset}.")
{
    public int Offset { get; } = offset;
}
