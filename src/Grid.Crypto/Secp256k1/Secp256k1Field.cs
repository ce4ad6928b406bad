using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// An element of the field of p = 2^256 - 2^32 - 977, in five limbs of 52 bits with room above them, so that additions carry
/// nothing. A value has a magnitude m: its limbs are at most 2m times the largest 52-bit limb. Sums add magnitudes, products
/// have magnitude 1 and take factors whose magnitudes multiply to at most 100. The callers' comments count them.
/// </summary>
internal readonly struct Secp256k1Field
{
    private const ulong Mask = (1UL << 52) - 1;
    private const ulong TopMask = (1UL << 48) - 1;

    /// <summary>2^256 mod p.</summary>
    private const ulong Fold256 = 0x1000003D1;

    /// <summary>2^260 mod p: what the limbs above the fifth weigh.</summary>
    private const ulong Fold260 = Fold256 << 4;

    private const ulong Prime0 = 0xFFFFEFFFFFC2F;

    public static readonly UInt256 Prime = new(0xFFFFFFFEFFFFFC2F, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);
    public static readonly Secp256k1Field One = new(1, 0, 0, 0, 0);

    private readonly ulong _0, _1, _2, _3, _4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Secp256k1Field(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        _0 = l0;
        _1 = l1;
        _2 = l2;
        _3 = l3;
        _4 = l4;
    }

    /// <summary>A value below 2^256, with magnitude 1.</summary>
    public Secp256k1Field(in UInt256 value)
        : this(
            value.U0 & Mask,
            ((value.U0 >> 52) | (value.U1 << 12)) & Mask,
            ((value.U1 >> 40) | (value.U2 << 24)) & Mask,
            ((value.U2 >> 28) | (value.U3 << 36)) & Mask,
            value.U3 >> 16)
    {
    }

    /// <summary>The value below p.</summary>
    public UInt256 ToUInt256()
    {
        var a = Fold();
        var value = new UInt256(a._0 | (a._1 << 52), (a._1 >> 12) | (a._2 << 40), (a._2 >> 24) | (a._3 << 28), (a._3 >> 36) | (a._4 << 16));
        return value >= Prime ? value - Prime : value;
    }

    public bool IsZero
    {
        get
        {
            // After folding, zero is written 0 or p.
            var a = Fold();
            return (a._0 | a._1 | a._2 | a._3 | a._4) == 0
                || (a._0 == Prime0 && (a._1 & a._2 & a._3) == Mask && a._4 == TopMask);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Secp256k1Field operator +(in Secp256k1Field a, in Secp256k1Field b) =>
        new(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    /// <summary>-a for an a of at most the given magnitude; the result's is one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Secp256k1Field Negate(in Secp256k1Field a, uint magnitude)
    {
        var multiple = 2UL * (magnitude + 1);
        return new((Prime0 * multiple) - a._0, (Mask * multiple) - a._1, (Mask * multiple) - a._2, (Mask * multiple) - a._3, (TopMask * multiple) - a._4);
    }

    /// <summary>a times a small number, which multiplies the magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Secp256k1Field Scale(in Secp256k1Field a, uint factor) =>
        new(a._0 * factor, a._1 * factor, a._2 * factor, a._3 * factor, a._4 * factor);

    /// <summary>a / 2; magnitude m becomes m / 2 + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Secp256k1Field Half(in Secp256k1Field a)
    {
        // An odd value becomes even by adding p.
        var mask = 0UL - (a._0 & 1);
        ulong t0 = a._0 + (mask & Prime0), t1 = a._1 + (mask & Mask), t2 = a._2 + (mask & Mask), t3 = a._3 + (mask & Mask), t4 = a._4 + (mask & TopMask);
        return new((t0 >> 1) + ((t1 & 1) << 51), (t1 >> 1) + ((t2 & 1) << 51), (t2 >> 1) + ((t3 & 1) << 51), (t3 >> 1) + ((t4 & 1) << 51), t4 >> 1);
    }

    public static Secp256k1Field operator *(in Secp256k1Field a, in Secp256k1Field b)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4;
        // The upper columns first, carrying, so that each folds as one limb.
        ulong low = 0, high = 0;
        Wide.MultiplyAdd(ref low, ref high, a0, b4);
        Wide.MultiplyAdd(ref low, ref high, a1, b3);
        Wide.MultiplyAdd(ref low, ref high, a2, b2);
        Wide.MultiplyAdd(ref low, ref high, a3, b1);
        Wide.MultiplyAdd(ref low, ref high, a4, b0);
        var u4 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a1, b4);
        Wide.MultiplyAdd(ref low, ref high, a2, b3);
        Wide.MultiplyAdd(ref low, ref high, a3, b2);
        Wide.MultiplyAdd(ref low, ref high, a4, b1);
        var u5 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a2, b4);
        Wide.MultiplyAdd(ref low, ref high, a3, b3);
        Wide.MultiplyAdd(ref low, ref high, a4, b2);
        var u6 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a3, b4);
        Wide.MultiplyAdd(ref low, ref high, a4, b3);
        var u7 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a4, b4);
        var u8 = Carry(ref low, ref high);
        var u9 = low;
        low = high = 0;
        Wide.MultiplyAdd(ref low, ref high, a0, b0);
        Wide.MultiplyAdd(ref low, ref high, u5, Fold260);
        var r0 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a0, b1);
        Wide.MultiplyAdd(ref low, ref high, a1, b0);
        Wide.MultiplyAdd(ref low, ref high, u6, Fold260);
        var r1 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a0, b2);
        Wide.MultiplyAdd(ref low, ref high, a1, b1);
        Wide.MultiplyAdd(ref low, ref high, a2, b0);
        Wide.MultiplyAdd(ref low, ref high, u7, Fold260);
        var r2 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a0, b3);
        Wide.MultiplyAdd(ref low, ref high, a1, b2);
        Wide.MultiplyAdd(ref low, ref high, a2, b1);
        Wide.MultiplyAdd(ref low, ref high, a3, b0);
        Wide.MultiplyAdd(ref low, ref high, u8, Fold260);
        var r3 = Carry(ref low, ref high);
        return Finish(r0, r1, r2, r3, u4, u9, low, high);
    }

    public static Secp256k1Field Square(in Secp256k1Field a)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1;
        // The upper columns first, carrying, so that each folds as one limb.
        ulong low = 0, high = 0;
        Wide.MultiplyAdd(ref low, ref high, d0, a4);
        Wide.MultiplyAdd(ref low, ref high, d1, a3);
        Wide.MultiplyAdd(ref low, ref high, a2, a2);
        var u4 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, d1, a4);
        Wide.MultiplyAdd(ref low, ref high, d2, a3);
        var u5 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, d2, a4);
        Wide.MultiplyAdd(ref low, ref high, a3, a3);
        var u6 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, d3, a4);
        var u7 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, a4, a4);
        var u8 = Carry(ref low, ref high);
        var u9 = low;
        low = high = 0;
        Wide.MultiplyAdd(ref low, ref high, a0, a0);
        Wide.MultiplyAdd(ref low, ref high, u5, Fold260);
        var r0 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, d0, a1);
        Wide.MultiplyAdd(ref low, ref high, u6, Fold260);
        var r1 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, d0, a2);
        Wide.MultiplyAdd(ref low, ref high, a1, a1);
        Wide.MultiplyAdd(ref low, ref high, u7, Fold260);
        var r2 = Carry(ref low, ref high);
        Wide.MultiplyAdd(ref low, ref high, d0, a3);
        Wide.MultiplyAdd(ref low, ref high, d1, a2);
        Wide.MultiplyAdd(ref low, ref high, u8, Fold260);
        var r3 = Carry(ref low, ref high);
        return Finish(r0, r1, r2, r3, u4, u9, low, high);
    }

    public static Secp256k1Field Square(Secp256k1Field a, int times)
    {
        for (var i = 0; i < times; i++)
        {
            a = Square(in a);
        }
        return a;
    }

    /// <summary>Takes 52 bits off a column (which is below 2^116) and leaves what goes to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Carry(ref ulong low, ref ulong high)
    {
        var limb = low & Mask;
        low = (low >> 52) | (high << 12);
        high >>= 52;
        return limb;
    }

    /// <summary>The fifth limb of a product from its column, the fold of the tenth and the carry; what is above 2^256 folds once more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Secp256k1Field Finish(ulong r0, ulong r1, ulong r2, ulong r3, ulong u4, ulong u9, ulong low, ulong high)
    {
        low += u4;
        high += low < u4 ? 1UL : 0;
        Wide.MultiplyAdd(ref low, ref high, u9, Fold260);
        var r4 = low & TopMask;
        var above = (low >> 48) | (high << 16);
        (low, high) = (r0, 0);
        Wide.MultiplyAdd(ref low, ref high, above, Fold256);
        r0 = Carry(ref low, ref high);
        // The second limb may keep a bit above its 52.
        return new(r0, r1 + low, r2, r3, r4);
    }

    /// <summary>The same value below 2^256, each limb within its bits.</summary>
    private Secp256k1Field Fold()
    {
        ulong t0 = _0, t1 = _1, t2 = _2, t3 = _3, t4 = _4;
        for (var pass = 0; pass < 2; pass++)
        {
            t0 += (t4 >> 48) * Fold256;
            t4 &= TopMask;
            t1 += t0 >> 52;
            t2 += t1 >> 52;
            t3 += t2 >> 52;
            t4 += t3 >> 52;
            t0 &= Mask;
            t1 &= Mask;
            t2 &= Mask;
            t3 &= Mask;
        }
        // Only a value that was within a few units of 2^256 still carries, and then its limbs are too small to carry again.
        t0 += (t4 >> 48) * Fold256;
        return new(t0, t1, t2, t3, t4 & TopMask);
    }

    /// <summary>1 / a; 0 for 0.</summary>
    public static Secp256k1Field Invert(in Secp256k1Field a) => new(ModularInverse.Odd(a.ToUInt256(), in Prime));

    /// <summary>a^((p+1)/4): the square root where there is one, since p = 3 mod 4. The caller squares it to see.</summary>
    public static Secp256k1Field SquareRootCandidate(in Secp256k1Field a)
    {
        // (p+1)/4 in binary: 223 ones, 0, 22 ones, 0000, 11, 00. xN is a^(2^N - 1).
        var x2 = Square(in a) * a;
        var x3 = Square(in x2) * a;
        var x6 = Square(x3, 3) * x3;
        var x9 = Square(x6, 3) * x3;
        var x11 = Square(x9, 2) * x2;
        var x22 = Square(x11, 11) * x11;
        var x44 = Square(x22, 22) * x22;
        var x88 = Square(x44, 44) * x44;
        var x176 = Square(x88, 88) * x88;
        var x220 = Square(x176, 44) * x44;
        var x223 = Square(x220, 3) * x3;
        return Square(Square(Square(x223, 23) * x22, 6) * x2, 2);
    }
}
