using System.Text;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Numbers in UTF-8 text, read without making a string of each.</summary>
internal static class Utf8Number
{
    /// <summary>`0x` and hexadecimal digits, or decimal digits.</summary>
    /// <exception cref="FormatException">Neither, or wider than 256 bits.</exception>
    public static UInt256 Parse(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("0x"u8) || text.StartsWith("0X"u8))
        {
            return ParseHex(text[2..]);
        }
        if (text.Length is > 0 and <= 19)
        {
            ulong value = 0;
            foreach (var digit in text)
            {
                value = digit is >= (byte)'0' and <= (byte)'9' ? (value * 10) + (ulong)(digit - '0') : throw NotANumber();
            }
            return value;
        }
        return UInt256.Parse(Encoding.ASCII.GetString(text));
    }

    /// <summary>Hexadecimal digits; none are zero.</summary>
    /// <exception cref="FormatException">Another character, or wider than 256 bits.</exception>
    public static UInt256 ParseHex(ReadOnlySpan<byte> digits)
    {
        digits = digits.TrimStart((byte)'0');
        if (digits.Length > 64)
        {
            throw NotANumber();
        }
        Span<ulong> limbs = stackalloc ulong[4];
        limbs.Clear();
        for (var i = 0; i < digits.Length; i++)
        {
            var place = digits.Length - 1 - i;
            limbs[place >> 4] |= (ulong)Digit(digits[i]) << ((place & 15) * 4);
        }
        return new UInt256(limbs[0], limbs[1], limbs[2], limbs[3]);
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => throw NotANumber(),
    };

    private static FormatException NotANumber() => new("Not a number of up to 256 bits.");
}
