using Grid.Chain;

namespace Grid.Node.Import;

/// <summary>What is wrong with a file of blocks, and where.</summary>
/// <param name="offset">Bytes from the file's start to the block at fault.</param>
public sealed class BlockFileException(long offset, string detail) : FormatException($"The block at byte {offset} {detail}.")
{
    public long Offset { get; } = offset;
}

/// <summary>A block of a file with the length of its RLP in bytes.</summary>
public readonly record struct FileBlock(Block Block, int Length);

/// <summary>Reads a file of blocks in RLP, one after the other without anything between them, as geth's `export` writes it.</summary>
public static class BlockFile
{
    /// <summary>No block of any chain is near it; beyond it a file is refused.</summary>
    public const int BlockBytesMax = 64 << 20;

    /// <summary>The blocks in the file's order; one at a time is in memory.</summary>
    /// <exception cref="BlockFileException">What follows is no block.</exception>
    public static IEnumerable<FileBlock> Read(Stream stream)
    {
        var buffer = Array.Empty<byte>();
        for (long offset = 0; ReadItem(stream, offset, ref buffer) is var length and > 0; offset += length)
        {
            if (!Block.TryDecode(buffer.AsSpan(0, length), out var block, out var error))
            {
                throw new BlockFileException(offset, $"is malformed: {Fixtures.BlockErrorText.Of(error)}");
            }
            yield return new FileBlock(block, length);
        }
    }

    /// <summary>Fills the buffer with the next item; 0 at the end of the file.</summary>
    private static int ReadItem(Stream stream, long offset, ref byte[] buffer)
    {
        var first = stream.ReadByte();
        if (first < 0)
        {
            return 0;
        }
        // A list of up to 55 bytes, or one whose length has a length of its own (Yellow Paper, appendix B).
        if (first < 0xc0)
        {
            throw new BlockFileException(offset, "is no RLP list");
        }
        Span<byte> header = stackalloc byte[9];
        header[0] = (byte)first;
        var lengthBytes = first <= 0xf7 ? 0 : first - 0xf7;
        ReadExactly(stream, header.Slice(1, lengthBytes), offset);
        var payload = (ulong)(first <= 0xf7 ? first - 0xc0 : 0);
        foreach (var digit in header.Slice(1, lengthBytes))
        {
            payload = (payload << 8) | digit;
        }
        if (payload > BlockBytesMax)
        {
            throw new BlockFileException(offset, $"has {payload} bytes; at most {BlockBytesMax} are read");
        }
        var length = 1 + lengthBytes + (int)payload;
        if (buffer.Length < length)
        {
            buffer = new byte[Math.Max(length, buffer.Length * 2)];
        }
        header[..(1 + lengthBytes)].CopyTo(buffer);
        ReadExactly(stream, buffer.AsSpan(1 + lengthBytes, (int)payload), offset);
        return length;
    }

    private static void ReadExactly(Stream stream, Span<byte> bytes, long offset)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new BlockFileException(offset, "ends with the file, before its own end");
        }
    }
}
