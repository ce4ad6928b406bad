using System.Numerics;
using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// Inverses modulo odd numbers of 256 bits by division steps (Bernstein, Yang, "Fast constant-time gcd computation and modular inversion",
/// 2019), 62 at a time: the lowest bits of f and g tell a matrix that stands for the steps, which is then applied to f and g and, modulo m, to
/// the factors d and e with d a = f and e a = g. Numbers are five limbs of 62 bits, all but the highest without a sign. Variable time.
/// </summary>
internal static unsafe class ModularInverse
{
    private const int Bits = 62;
    private const int Length = 5;
    private const ulong Mask = (1UL << Bits) - 1;

    /// <summary>The matrix (U V; Q R): its rows' sums of absolute values are at most 2^62.</summary>
    private struct Matrix
    {
        public long U, V, Q, R;
    }

    /// <summary>a^-1 mod m for an odd m and an a below it; 0 where there is none.</summary>
    [SkipLocalsInit]
    public static UInt256 Odd(in UInt256 a, in UInt256 modulus)
    {
        var memory = stackalloc long[5 * Length];
        long* m = memory, f = m + Length, g = f + Length, d = g + Length, e = d + Length;
        Split(in modulus, m);
        Split(in modulus, f);
        Split(in a, g);
        new Span<long>(d, 2 * Length).Clear();
        e[0] = 1;
        var inverse = Invert(modulus.U0);
        long delta = 1;
        var length = Length;
        while (!IsZero(g, length))
        {
            delta = Steps(delta, (ulong)f[0], (ulong)g[0], out var matrix);
            Apply(in matrix, f, g, length);
            ApplyModulo(in matrix, d, e, m, inverse);
            length = Shorten(f, g, length);
        }
        // f is now the greatest common divisor or its negative, which for 1 is one limb.
        return length == 1 && (f[0] is 1 or -1) ? Join(d, m, f[0] < 0) : UInt256.Zero;
    }

    /// <summary>
    /// 62 division steps on the lowest bits of f and g. A step halves an even g; for an odd one it first adds or subtracts f, and where delta is
    /// positive f takes g's place. Runs of zero bits are one shift, and while f stays g takes a multiple of it that clears several bits.
    /// </summary>
    private static long Steps(long delta, ulong f, ulong g, out Matrix matrix)
    {
        ulong u = 1, v = 0, q = 0, r = 1;
        var left = Bits;
        while (true)
        {
            var zeros = BitOperations.TrailingZeroCount(g | (ulong.MaxValue << left));
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            delta += zeros;
            left -= zeros;
            if (left == 0)
            {
                matrix = new Matrix { U = (long)u, V = (long)v, Q = (long)q, R = (long)r };
                return delta;
            }
            if (delta > 0)
            {
                delta = -delta;
                (f, g) = (g, 0 - f);
                (u, q) = (q, 0 - u);
                (v, r) = (r, 0 - v);
            }
            // For as long as delta isn't positive f stays: 1 - delta steps, of which at most six are taken at once, as f (f^2 - 2) is
            // -1/f modulo 2^6.
            var steps = (int)Math.Min(1 - delta, left);
            var factor = f * g * ((f * f) - 2) & (ulong.MaxValue >> (64 - Math.Min(steps, 6)));
            g += f * factor;
            q += u * factor;
            r += v * factor;
        }
    }

    /// <summary>(f, g) = matrix (f, g) / 2^62, which is exact.</summary>
    private static void Apply(in Matrix matrix, long* f, long* g, int length)
    {
        long u = matrix.U, v = matrix.V, q = matrix.Q, r = matrix.R;
        ulong fLow = 0, gLow = 0;
        long fHigh = 0, gHigh = 0;
        for (var i = 0; i < length; i++)
        {
            long fi = f[i], gi = g[i];
            MultiplyAdd(ref fLow, ref fHigh, u, fi);
            MultiplyAdd(ref fLow, ref fHigh, v, gi);
            MultiplyAdd(ref gLow, ref gHigh, q, fi);
            MultiplyAdd(ref gLow, ref gHigh, r, gi);
            if (i > 0)
            {
                f[i - 1] = (long)(fLow & Mask);
                g[i - 1] = (long)(gLow & Mask);
            }
            Shift(ref fLow, ref fHigh);
            Shift(ref gLow, ref gHigh);
        }
        f[length - 1] = (long)fLow;
        g[length - 1] = (long)gLow;
    }

    /// <summary>(d, e) = matrix (d, e) / 2^62 modulo m; both stay between -2m and m.</summary>
    private static void ApplyModulo(in Matrix matrix, long* d, long* e, long* m, ulong inverse)
    {
        long u = matrix.U, v = matrix.V, q = matrix.Q, r = matrix.R;
        // Negative numbers take m first, and then both sums the multiple of m that makes them divisible.
        long dSign = d[Length - 1] >> 63, eSign = e[Length - 1] >> 63;
        long dFactor = (u & dSign) + (v & eSign), eFactor = (q & dSign) + (r & eSign);
        dFactor -= (long)(((inverse * (((ulong)u * (ulong)d[0]) + ((ulong)v * (ulong)e[0]))) + (ulong)dFactor) & Mask);
        eFactor -= (long)(((inverse * (((ulong)q * (ulong)d[0]) + ((ulong)r * (ulong)e[0]))) + (ulong)eFactor) & Mask);
        ulong dLow = 0, eLow = 0;
        long dHigh = 0, eHigh = 0;
        for (var i = 0; i < Length; i++)
        {
            long di = d[i], ei = e[i], mi = m[i];
            MultiplyAdd(ref dLow, ref dHigh, u, di);
            MultiplyAdd(ref dLow, ref dHigh, v, ei);
            MultiplyAdd(ref dLow, ref dHigh, dFactor, mi);
            MultiplyAdd(ref eLow, ref eHigh, q, di);
            MultiplyAdd(ref eLow, ref eHigh, r, ei);
            MultiplyAdd(ref eLow, ref eHigh, eFactor, mi);
            if (i > 0)
            {
                d[i - 1] = (long)(dLow & Mask);
                e[i - 1] = (long)(eLow & Mask);
            }
            Shift(ref dLow, ref dHigh);
            Shift(ref eLow, ref eHigh);
        }
        d[Length - 1] = (long)dLow;
        e[Length - 1] = (long)eLow;
    }

    /// <summary>high:low += a b, with signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(ref ulong low, ref long high, long a, long b)
    {
        var product = (ulong)a * (ulong)b;
        low += product;
        high += (long)Wide.MultiplyHigh((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a) + (low < product ? 1L : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shift(ref ulong low, ref long high)
    {
        low = (low >> Bits) | ((ulong)high << (64 - Bits));
        high >>= Bits;
    }

    /// <summary>The limbs that f and g still need: the highest goes where it only repeats the sign, which the next one takes.</summary>
    private static int Shorten(long* f, long* g, int length)
    {
        while (length > 1 && f[length - 1] == f[length - 1] >> 63 && g[length - 1] == g[length - 1] >> 63)
        {
            length--;
            f[length - 1] |= f[length] << Bits;
            g[length - 1] |= g[length] << Bits;
        }
        return length;
    }

    /// <summary>1/m mod 2^64 by Newton's iteration, which doubles the right bits: 5, 10, 20, 40, 80.</summary>
    private static ulong Invert(ulong m)
    {
        var inverse = (m * 3) ^ 2;
        for (var i = 0; i < 4; i++)
        {
            inverse *= 2 - (m * inverse);
        }
        return inverse;
    }

    private static bool IsZero(long* a, int length)
    {
        long any = 0;
        for (var i = 0; i < length; i++)
        {
            any |= a[i];
        }
        return any == 0;
    }

    private static void Split(in UInt256 a, long* limbs)
    {
        limbs[0] = (long)(a.U0 & Mask);
        limbs[1] = (long)(((a.U0 >> 62) | (a.U1 << 2)) & Mask);
        limbs[2] = (long)(((a.U1 >> 60) | (a.U2 << 4)) & Mask);
        limbs[3] = (long)(((a.U2 >> 58) | (a.U3 << 6)) & Mask);
        limbs[4] = (long)(a.U3 >> 56);
    }

    /// <summary>d or -d, brought between 0 and m.</summary>
    private static UInt256 Join(long* d, long* m, bool isNegated)
    {
        var isNegative = d[Length - 1] < 0;
        // In limbs of 64 bits d is modulo 2^256, where it doesn't matter how often m was added.
        UInt256 value = ToWord(d), modulus = ToWord(m);
        if (isNegative)
        {
            // Between -2m and 0.
            value += modulus;
            value = IsBelowMinusModulus(d, m) ? value + modulus : value;
        }
        return isNegated && !value.IsZero ? modulus - value : value;
    }

    /// <summary>Whether d + m is negative.</summary>
    private static bool IsBelowMinusModulus(long* d, long* m)
    {
        long carry = 0;
        for (var i = 0; i < Length; i++)
        {
            carry = (carry + d[i] + m[i]) >> (i < Length - 1 ? Bits : 63);
        }
        return carry < 0;
    }

    private static UInt256 ToWord(long* a) => new(
        (ulong)a[0] | ((ulong)a[1] << 62), ((ulong)a[1] >> 2) | ((ulong)a[2] << 60), ((ulong)a[2] >> 4) | ((ulong)a[3] << 58), ((ulong)a[3] >> 6) | ((ulong)a[4] << 56));
}
