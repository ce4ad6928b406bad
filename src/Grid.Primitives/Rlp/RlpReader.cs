namespace Grid.Primitives.Rlp;

/// <summary>
/// Reads canonical RLP (Yellow Paper, appendix B) without copying. Every deviation from the one canonical encoding throws an
/// <see cref="RlpException"/>; no input makes it allocate.
/// </summary>
public ref struct RlpReader(ReadOnlySpan<byte> input)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private int _position = 0;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    public readonly bool IsAtEnd => _position == _input.Length;

    /// <summary>Whether the next item is a list. False at the end of the input.</summary>
    public readonly bool NextIsList => _position < _input.Length && _input[_position] >= 0xc0;

    /// <summary>The payload of the next item, which must be a string.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var start = ReadHeader(out var length, out var isList);
        if (isList)
        {
            throw Fail(RlpError.UnexpectedList);
        }
        _position = start + length;
        return _input.Slice(start, length);
    }

    /// <summary>The payload of the next item, which must be a string of exactly this length.</summary>
    public ReadOnlySpan<byte> ReadBytes(int length)
    {
        var at = _position;
        var bytes = ReadBytes();
        return bytes.Length == length ? bytes : throw new RlpException(bytes.Length < length ? RlpError.TooShort : RlpError.TooWide, at);
    }

    /// <summary>A reader of the next item's payload, which must be a list.</summary>
    public RlpReader ReadList()
    {
        var start = ReadHeader(out var length, out var isList);
        if (!isList)
        {
            throw Fail(RlpError.UnexpectedString);
        }
        _position = start + length;
        return new RlpReader(_input.Slice(start, length));
    }

    /// <summary>The next item with its header, whatever it is.</summary>
    public ReadOnlySpan<byte> ReadRaw()
    {
        var begin = _position;
        var start = ReadHeader(out var length, out _);
        _position = start + length;
        return _input[begin.._position];
    }

    /// <summary>The number of items left, without reading them.</summary>
    public readonly int CountItems()
    {
        var copy = this;
        var count = 0;
        while (!copy.IsAtEnd)
        {
            copy.ReadRaw();
            count++;
        }
        return count;
    }

    public ulong ReadUInt64()
    {
        var at = _position;
        var bytes = ReadInteger(8, at);
        ulong value = 0;
        foreach (var b in bytes)
        {
            value = (value << 8) | b;
        }
        return value;
    }

    public UInt256 ReadUInt256()
    {
        var at = _position;
        return UInt256.FromBigEndian(ReadInteger(32, at));
    }

    public Address ReadAddress() => new(ReadBytes(Address.Length));

    /// <summary>An address, or nothing where the string is empty (a transaction's `to`).</summary>
    public Address? ReadOptionalAddress()
    {
        if (_position < _input.Length && _input[_position] == 0x80)
        {
            _position++;
            return null;
        }
        return ReadAddress();
    }

    public Hash256 ReadHash256() => new(ReadBytes(Hash256.Length));

    /// <summary>Throws unless all input was read.</summary>
    public readonly void ExpectEnd()
    {
        if (!IsAtEnd)
        {
            throw Fail(RlpError.TrailingBytes);
        }
    }

    private ReadOnlySpan<byte> ReadInteger(int maxLength, int at)
    {
        var bytes = ReadBytes();
        if (bytes.Length > 0 && bytes[0] == 0)
        {
            throw new RlpException(RlpError.LeadingZero, at);
        }
        return bytes.Length <= maxLength ? bytes : throw new RlpException(RlpError.TooWide, at);
    }

    /// <summary>Reads the next item's header without moving; returns where its payload starts.</summary>
    private readonly int ReadHeader(out int length, out bool isList)
    {
        if (_position >= _input.Length)
        {
            throw Fail(RlpError.Truncated);
        }
        var prefix = _input[_position];
        isList = prefix >= 0xc0;
        if (prefix < 0x80)
        {
            length = 1;
            return _position;
        }
        var shortForm = prefix - (isList ? 0xc0 : 0x80);
        int start;
        if (shortForm <= 55)
        {
            length = shortForm;
            start = _position + 1;
        }
        else
        {
            length = ReadLongLength(shortForm - 55);
            start = _position + 1 + (shortForm - 55);
        }
        if (length > _input.Length - start)
        {
            throw Fail(RlpError.Truncated);
        }
        if (!isList && length == 1 && shortForm == 1 && _input[start] < 0x80)
        {
            throw Fail(RlpError.NonCanonicalLength);
        }
        return start;
    }

    private readonly int ReadLongLength(int lengthOfLength)
    {
        if (lengthOfLength > _input.Length - _position - 1)
        {
            throw Fail(RlpError.Truncated);
        }
        var bytes = _input.Slice(_position + 1, lengthOfLength);
        if (bytes[0] == 0)
        {
            throw Fail(RlpError.NonCanonicalLength);
        }
        ulong length = 0;
        foreach (var b in bytes)
        {
            length = (length << 8) | b;
        }
        if (length <= 55)
        {
            throw Fail(RlpError.NonCanonicalLength);
        }
        // No span is longer than int.MaxValue: a larger length can only be truncated input.
        return length <= int.MaxValue ? (int)length : throw Fail(RlpError.Truncated);
    }

    private readonly RlpException Fail(RlpError error) => new(error, _position);
}
