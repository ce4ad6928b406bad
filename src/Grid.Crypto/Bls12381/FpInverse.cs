using System.Numerics;
using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// Inverses modulo p by divisions that need the lowest bits only (Bernstein, Yang, "Fast constant-time gcd computation and modular inversion",
/// 2019), here in variable time: 62 steps on words of 64 bits make a matrix, which then acts on the long numbers. Those are in
/// seven limbs of 62 bits, the highest of which carries the sign.
/// </summary>
internal static unsafe class FpInverse
{
    private const int Limbs = 7;
    private const int Bits = 62;
    private const long Mask = (1L << Bits) - 1;

    /// <summary>1/p mod 2^62.</summary>
    private const long PrimeInverse = 0x360C000300030003;

    /// <summary>R^3 mod p: what turns the inverse of a R into that of a, times R.</summary>
    private static readonly Fp RCube =
        new(0x294CC4D1F7B890, 0xB5BA56C9F3AF22, 0xC0D975CCB5C0CC, 0x6C968B4C89A8C5, 0x91DE8C922672EA, 0x84977C835652A6, 0x141AB424BBB9);

    private static ReadOnlySpan<long> Prime =>
    [
        0x39FEFFFFFFFFAAAB, 0x3AAFFFFAC54FFFFE, 0x330D2A0F6B0F6241, 0x1DD2E13CE144AFD9, 0x1BA7B6434BACD764, 0x447A8E5FF9A692C, 0x1A0,
    ];

    /// <summary>2^62 times the steps' effect: f becomes (u f + v g) / 2^62 and g becomes (q f + r g) / 2^62.</summary>
    private struct Matrix
    {
        public long U, V, Q, R;
    }

    /// <summary>1 / a; 0 for 0.</summary>
    public static Fp Invert(in Fp a)
    {
        long* f = stackalloc long[Limbs], g = stackalloc long[Limbs], d = stackalloc long[Limbs], e = stackalloc long[Limbs];
        Split(a.ToRawWords(), g);
        for (var i = 0; i < Limbs; i++)
        {
            f[i] = Prime[i];
            d[i] = e[i] = 0;
        }
        e[0] = 1;
        var length = Limbs;
        var delta = 1L;
        while (!IsZero(g, length))
        {
            var matrix = Steps(ref delta, (ulong)f[0] | ((ulong)f[1] << Bits), (ulong)g[0] | ((ulong)g[1] << Bits));
            UpdateCofactors(d, e, in matrix);
            UpdateNumbers(f, g, length, in matrix);
            // Both numbers shrink; a top limb that is only a sign joins the one below.
            while (length > 2 && IsSign(f[length - 1]) && IsSign(g[length - 1]))
            {
                f[length - 2] |= f[length - 1] << Bits;
                g[length - 2] |= g[length - 1] << Bits;
                length--;
            }
        }
        return Join(d, f[length - 1] < 0) * RCube;
    }

    private static bool IsSign(long limb) => limb is 0 or -1;

    private static bool IsZero(long* a, int length)
    {
        var bits = 0L;
        for (var i = 0; i < length; i++)
        {
            bits |= a[i];
        }
        return bits == 0;
    }

    /// <summary>
    /// 62 division steps on the lowest bits of f (odd) and g: an even g is halved; an odd one gets a multiple of f that clears as many of its
    /// lowest bits as delta allows without a swap, and where delta is positive the two change places first.
    /// </summary>
    private static Matrix Steps(ref long delta, ulong f, ulong g)
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
                return new Matrix { U = (long)u, V = (long)v, Q = (long)q, R = (long)r };
            }
            if (delta > 0)
            {
                delta = -delta;
                (f, g) = (g, 0 - f);
                (u, q) = (q, 0 - u);
                (v, r) = (r, 0 - v);
            }
            // As many bits as neither reach the end nor make delta positive again, at most six: -g/f modulo 64 is g f (f^2 - 2).
            var bits = (int)Math.Min(Math.Min(1 - delta, left), 6);
            var factor = (f * g * ((f * f) - 2)) & (ulong.MaxValue >> (64 - bits));
            g += f * factor;
            q += u * factor;
            r += v * factor;
        }
    }

    /// <summary>f and g after the steps; their lowest 62 bits vanish.</summary>
    private static void UpdateNumbers(long* f, long* g, int length, in Matrix t)
    {
        Accumulator forF = default, forG = default;
        for (var i = 0; i < length; i++)
        {
            forF.Add(t.U, f[i]);
            forF.Add(t.V, g[i]);
            forG.Add(t.Q, f[i]);
            forG.Add(t.R, g[i]);
            if (i > 0)
            {
                f[i - 1] = forF.Low & Mask;
                g[i - 1] = forG.Low & Mask;
            }
            forF.Shift();
            forG.Shift();
        }
        f[length - 1] = forF.Low;
        g[length - 1] = forG.Low;
    }

    /// <summary>
    /// d and e, with d a = f and e a = g modulo p, after the steps; multiples of p make their lowest 62 bits vanish. Both stay above -2p and below
    /// p.
    /// </summary>
    private static void UpdateCofactors(long* d, long* e, in Matrix t)
    {
        long signD = d[Limbs - 1] >> 63, signE = e[Limbs - 1] >> 63;
        var multipleD = (t.U & signD) + (t.V & signE);
        var multipleE = (t.Q & signD) + (t.R & signE);
        multipleD -= ((PrimeInverse * ((t.U * d[0]) + (t.V * e[0]))) + multipleD) & Mask;
        multipleE -= ((PrimeInverse * ((t.Q * d[0]) + (t.R * e[0]))) + multipleE) & Mask;
        Accumulator forD = default, forE = default;
        for (var i = 0; i < Limbs; i++)
        {
            var prime = Prime[i];
            forD.Add(t.U, d[i]);
            forD.Add(t.V, e[i]);
            forD.Add(multipleD, prime);
            forE.Add(t.Q, d[i]);
            forE.Add(t.R, e[i]);
            forE.Add(multipleE, prime);
            if (i > 0)
            {
                d[i - 1] = forD.Low & Mask;
                e[i - 1] = forE.Low & Mask;
            }
            forD.Shift();
            forE.Shift();
        }
        d[Limbs - 1] = forD.Low;
        e[Limbs - 1] = forE.Low;
    }

    private static void Split(in FpWords w, long* limbs)
    {
        limbs[0] = (long)w.W0 & Mask;
        limbs[1] = (long)((w.W0 >> 62) | (w.W1 << 2)) & Mask;
        limbs[2] = (long)((w.W1 >> 60) | (w.W2 << 4)) & Mask;
        limbs[3] = (long)((w.W2 >> 58) | (w.W3 << 6)) & Mask;
        limbs[4] = (long)((w.W3 >> 56) | (w.W4 << 8)) & Mask;
        limbs[5] = (long)((w.W4 >> 54) | (w.W5 << 10)) & Mask;
        limbs[6] = (long)(w.W5 >> 52);
    }

    /// <summary>d or -d in limbs of 56 bits.</summary>
    private static Fp Join(long* d, bool isNegated)
    {
        var carry = 0L;
        for (var i = 0; i < Limbs; i++)
        {
            carry += isNegated ? -d[i] : d[i];
            d[i] = i < Limbs - 1 ? carry & Mask : carry;
            carry >>= Bits;
        }
        var signed = new Fp(
            (ulong)d[0] & Fp.Mask,
            (ulong)((d[0] >> 56) | (d[1] << 6)) & Fp.Mask,
            (ulong)((d[1] >> 50) | (d[2] << 12)) & Fp.Mask,
            (ulong)((d[2] >> 44) | (d[3] << 18)) & Fp.Mask,
            (ulong)((d[3] >> 38) | (d[4] << 24)) & Fp.Mask,
            (ulong)((d[4] >> 32) | (d[5] << 30)) & Fp.Mask,
            (ulong)((d[5] >> 26) | (d[6] << 36)));
        // A difference adds a multiple of p that outweighs the sign in the top limb.
        return signed - Fp.Zero;
    }

    /// <summary>A signed sum of 128 bits.</summary>
    private struct Accumulator
    {
        private ulong _low;
        private long _high;

        public readonly long Low => (long)_low;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(long a, long b)
        {
            var product = (ulong)a * (ulong)b;
            _low += product;
            _high += (long)Wide.MultiplyHigh((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a) + (_low < product ? 1L : 0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Shift()
        {
            _low = (_low >> Bits) | ((ulong)_high << (64 - Bits));
            _high >>= Bits;
        }
    }
}
