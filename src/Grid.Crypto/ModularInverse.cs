using System.Numerics;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// Inverses modulo odd numbers of 256 bits by Kaliski's almost inverse ("The Montgomery inverse and its applications", 1995): shifts and
/// subtractions give a^-1 2^k, and k halvings modulo m, 64 at a time, give the inverse. Variable time.
/// </summary>
internal static class ModularInverse
{
    /// <summary>a^-1 mod m for an odd m and an a below it; 0 where there is none.</summary>
    public static UInt256 Odd(UInt256 a, in UInt256 modulus)
    {
        UInt256 u = modulus, v = a, r = UInt256.Zero, s = UInt256.One;
        var k = 0;
        // r and s stay at most 2m, which a 256-bit modulus lets overflow: the bits above are kept beside them.
        ulong rTop = 0, sTop = 0;
        while (!v.IsZero)
        {
            if ((u.U0 & 1) == 0)
            {
                var zeros = BitOperations.TrailingZeroCount(u.U0 | (1UL << 63));
                u >>= zeros;
                ShiftLeft(ref s, ref sTop, zeros);
                k += zeros;
            }
            else if ((v.U0 & 1) == 0)
            {
                var zeros = BitOperations.TrailingZeroCount(v.U0 | (1UL << 63));
                v >>= zeros;
                ShiftLeft(ref r, ref rTop, zeros);
                k += zeros;
            }
            else if (u > v)
            {
                u = (u - v) >> 1;
                rTop += sTop + (UInt256.AddOverflow(in r, in s, out r) ? 1UL : 0);
                ShiftLeft(ref s, ref sTop, 1);
                k++;
            }
            else
            {
                v = (v - u) >> 1;
                sTop += rTop + (UInt256.AddOverflow(in r, in s, out s) ? 1UL : 0);
                ShiftLeft(ref r, ref rTop, 1);
                k++;
            }
        }
        if (u != UInt256.One)
        {
            return UInt256.Zero;
        }
        if (rTop != 0 || r >= modulus)
        {
            r -= modulus;
        }
        return HalveTimes(modulus - r, in modulus, k);
    }

    private static void ShiftLeft(ref UInt256 value, ref ulong top, int count)
    {
        top = (top << count) | (value.U3 >> (64 - count));
        value <<= count;
    }

    /// <summary>a / 2^count mod m: adds the multiple of m that clears the lowest bits, then shifts them out.</summary>
    private static UInt256 HalveTimes(UInt256 a, in UInt256 modulus, int count)
    {
        // m^-1 mod 2^64 by Newton's iteration, which doubles the right bits: 5, 10, 20, 40, 80.
        var inverse = (modulus.U0 * 3) ^ 2;
        for (var i = 0; i < 4; i++)
        {
            inverse *= 2 - (modulus.U0 * inverse);
        }
        while (count > 0)
        {
            var bits = Math.Min(count, 64);
            var factor = (a.U0 * (0 - inverse)) & (ulong.MaxValue >> (64 - bits));
            a = AddMultipleAndShift(in a, in modulus, factor, bits);
            count -= bits;
        }
        return a >= modulus ? a - modulus : a;
    }

    /// <summary>(a + factor m) / 2^bits, which is at most m + a / 2^bits.</summary>
    private static UInt256 AddMultipleAndShift(in UInt256 a, in UInt256 m, ulong factor, int bits)
    {
        var t0 = Math.BigMul(m.U0, factor) + a.U0;
        var t1 = Math.BigMul(m.U1, factor) + a.U1 + (t0 >> 64);
        var t2 = Math.BigMul(m.U2, factor) + a.U2 + (t1 >> 64);
        var t3 = Math.BigMul(m.U3, factor) + a.U3 + (t2 >> 64);
        ulong l0 = (ulong)t0, l1 = (ulong)t1, l2 = (ulong)t2, l3 = (ulong)t3, l4 = (ulong)(t3 >> 64);
        return bits == 64
            ? new UInt256(l1, l2, l3, l4)
            : new UInt256(
                (l0 >> bits) | (l1 << (64 - bits)), (l1 >> bits) | (l2 << (64 - bits)), (l2 >> bits) | (l3 << (64 - bits)), (l3 >> bits) | (l4 << (64 - bits)));
    }
}
