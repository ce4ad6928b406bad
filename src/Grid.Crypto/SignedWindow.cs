using System.Numerics;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>The width-w non-adjacent form of a scalar (Guide to Elliptic Curve Cryptography, algorithm 3.35).</summary>
internal static class SignedWindow
{
    /// <summary>The digits of a scalar in two's complement, as <see cref="Recode"/> writes them.</summary>
    public static int RecodeSigned(in UInt256 scalar, int window, Span<short> digits) =>
        scalar.IsNegative ? Recode(-scalar, window, digits, isNegated: true) : Recode(scalar, window, digits);

    /// <summary>
    /// Writes odd digits below 2^(window-1) in absolute value over the zeros that are there, at least window - 1 of them between two; returns the
    /// index of the last one, or -1. The scalar is at most 2^256 - 2^window.
    /// </summary>
    public static int Recode(UInt256 scalar, int window, Span<short> digits, bool isNegated = false)
    {
        var last = -1;
        for (var position = 0; !scalar.IsZero; position++)
        {
            var zeros = BitOperations.TrailingZeroCount(scalar.U0 | (1UL << 63));
            if (zeros > 0)
            {
                scalar >>= zeros;
                position += zeros - 1;
                continue;
            }
            var digit = (int)scalar.U0 & ((1 << window) - 1);
            if (digit >= 1 << (window - 1))
            {
                digit -= 1 << window;
                scalar += (ulong)-digit;
            }
            else
            {
                scalar -= (ulong)digit;
            }
            digits[position] = (short)(isNegated ? -digit : digit);
            last = position;
            scalar >>= 1;
        }
        return last;
    }
}
