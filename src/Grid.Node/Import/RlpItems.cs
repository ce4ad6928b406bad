namespace Grid.Node.Import;

/// <summary>What is wrong with a file of blocks or of their access lists, and where.</summary>
/// <param name="what">What the file has.</param>
/// <param name="offset">Bytes from the file's start to the item at fault.</param>
public sealed class BlockFileException(string what, long offset, string detail) : FormatException($"The {what} at byte {offset} {detail}.")
{
    public long Offset { get; } = offset;
}

/// <summary>Reads a file of RLP lists, one after the other without anything between them; one at a time is in memory.</summary>
/// <param name="what">What errors call an item.</param>
internal sealed class RlpItems(Stream stream, string what)
{
    /// <summary>No block of any chain is near it; beyond it a file is refused.</summary>
    private const int ItemBytesMax = 64 << 20;

    private const int FirstBytes = 64 << 10;

    private byte[] _buffer = [];
    private long _offset;
    private int _length;

    /// <summary>The last item that was read.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(0, _length);

    /// <summary>The last item's fault, as an exception to throw.</summary>
    public BlockFileException Error(string detail) => new(what, _offset, detail);

    /// <summary>Reads the next item; false at the end of the file.</summary>
    /// <exception cref="BlockFileException">What follows is no RLP list.</exception>
    public bool TryRead()
    {
        _offset += _length;
        _length = 0;
        var first = stream.ReadByte();
        if (first < 0)
        {
            return false;
        }
        // A list of up to 55 bytes, or one whose length has a length of its own (Yellow Paper, appendix B).
        if (first < 0xc0)
        {
            throw Error("is no RLP list");
        }
        Span<byte> header = stackalloc byte[9];
        header[0] = (byte)first;
        var lengthBytes = first <= 0xf7 ? 0 : first - 0xf7;
        ReadExactly(header.Slice(1, lengthBytes));
        var payload = (ulong)(first <= 0xf7 ? first - 0xc0 : 0);
        foreach (var digit in header.Slice(1, lengthBytes))
        {
            payload = (payload << 8) | digit;
        }
        if (payload > ItemBytesMax)
        {
            throw Error($"has {payload} bytes; at most {ItemBytesMax} are read");
        }
        var length = 1 + lengthBytes + (int)payload;
        if (_buffer.Length < header.Length)
        {
            _buffer = new byte[FirstBytes];
        }
        header[..(1 + lengthBytes)].CopyTo(_buffer);
        // What the length says costs nothing before so much has come.
        for (var read = 1 + lengthBytes; read < length;)
        {
            var next = Math.Min(length, Math.Max(FirstBytes, read * 2));
            if (_buffer.Length < next)
            {
                Array.Resize(ref _buffer, next);
            }
            ReadExactly(_buffer.AsSpan(read, next - read));
            read = next;
        }
        _length = length;
        return true;
    }

    private void ReadExactly(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Error("ends with the file, before its own end");
        }
    }
}
