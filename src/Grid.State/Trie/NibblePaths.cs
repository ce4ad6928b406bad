using System.Buffers.Binary;
using System.Numerics;
using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>Nibble arithmetic on 32-byte keys.</summary>
public static class NibblePaths
{
    /// <summary>The number of nibbles at the start of both keys that are equal, between <paramref name="from"/> and <paramref name="to"/>.</summary>
    /// <remarks>The nibbles before <paramref name="from"/> must be equal.</remarks>
    public static int CommonPrefix(in Hash256 a, in Hash256 b, int from, int to)
    {
        ReadOnlySpan<byte> x = a.Span, y = b.Span;
        for (var at = from >> 4 << 3; at < Hash256.Length; at += 8)
        {
            var difference = BinaryPrimitives.ReadUInt64BigEndian(x[at..]) ^ BinaryPrimitives.ReadUInt64BigEndian(y[at..]);
            if (difference != 0)
            {
                return Math.Min(to, (at << 1) + (BitOperations.LeadingZeroCount(difference) >> 2));
            }
        }
        return to;
    }

    /// <summary>
    /// The hex-prefix encoding (Yellow Paper, appendix C) of the nibbles from one position of a key to another; returns its
    /// length in bytes, at most 33.
    /// </summary>
    public static int WriteHexPrefix(Span<byte> destination, in Hash256 key, int from, int to, bool isLeaf)
    {
        var flag = isLeaf ? 0x20 : 0;
        var source = key.Span;
        var length = ((to - from) >> 1) + 1;
        if (((to - from) & 1) != 0)
        {
            destination[0] = (byte)(flag | 0x10 | key.Nibble(from));
            from++;
        }
        else
        {
            destination[0] = (byte)flag;
        }
        if ((from & 1) == 0)
        {
            source[(from >> 1)..(to >> 1)].CopyTo(destination[1..]);
            return length;
        }
        for (var i = 1; i < length; i++, from += 2)
        {
            destination[i] = (byte)((source[from >> 1] << 4) | (source[(from >> 1) + 1] >> 4));
        }
        return length;
    }
}
