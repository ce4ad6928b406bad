using System.Buffers.Binary;

namespace Grid.Storage;

/// <summary>
/// Bytes without their long runs of zeros: receipts are mostly blooms, and blooms mostly zeros, so a block's take a seventh. The length in four bytes, then
/// by turns: how many bytes follow as they are, these bytes, and how many zeros come after them; numbers with seven bits a byte, the lowest first.
/// </summary>
internal static class ZeroRuns
{
    /// <summary>A shorter run costs more to tell than to keep.</summary>
    private const int RunMin = 8;

    /// <summary>More than any block has: what claims to be longer isn't what was written.</summary>
    private const int LengthMax = 1 << 30;

    private const int NumberBytesMax = 5;

    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        // A run that is told takes less than it is long.
        var encoded = new byte[sizeof(int) + bytes.Length + (2 * NumberBytesMax)];
        BinaryPrimitives.WriteInt32BigEndian(encoded, bytes.Length);
        var at = sizeof(int);
        ReadOnlySpan<byte> run = stackalloc byte[RunMin];
        while (!bytes.IsEmpty)
        {
            var literal = bytes.IndexOf(run) is var found and >= 0 ? found : bytes.Length;
            WriteNumber(encoded, ref at, literal);
            bytes[..literal].CopyTo(encoded.AsSpan(at));
            at += literal;
            bytes = bytes[literal..];
            var zeros = bytes.IndexOfAnyExcept((byte)0) is var end and >= 0 ? end : bytes.Length;
            WriteNumber(encoded, ref at, zeros);
            bytes = bytes[zeros..];
        }
        return encoded[..at];
    }

    /// <returns>Null when it isn't what <see cref="Encode"/> made.</returns>
    public static byte[]? Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < sizeof(int) || BinaryPrimitives.ReadInt32BigEndian(encoded) is var length && length is < 0 or > LengthMax)
        {
            return null;
        }
        encoded = encoded[sizeof(int)..];
        var bytes = new byte[length];
        var at = 0;
        while (at < length)
        {
            if (ReadNumber(ref encoded) is not { } literal || literal > encoded.Length || literal > length - at)
            {
                return null;
            }
            encoded[..literal].CopyTo(bytes.AsSpan(at));
            encoded = encoded[literal..];
            at += literal;
            if (ReadNumber(ref encoded) is not { } zeros || zeros > length - at || literal + zeros == 0)
            {
                return null;
            }
            at += zeros;
        }
        return encoded.IsEmpty ? bytes : null;
    }

    private static void WriteNumber(byte[] destination, ref int at, int number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            destination[at++] = (byte)(number | 0x80);
        }
        destination[at++] = (byte)number;
    }

    private static int? ReadNumber(ref ReadOnlySpan<byte> encoded)
    {
        var number = 0L;
        for (var i = 0; i < Math.Min(NumberBytesMax, encoded.Length); i++)
        {
            number |= (long)(encoded[i] & 0x7f) << (7 * i);
            if (encoded[i] < 0x80)
            {
                encoded = encoded[(i + 1)..];
                return number <= int.MaxValue ? (int)number : null;
            }
        }
        return null;
    }
}
