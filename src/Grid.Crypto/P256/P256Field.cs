using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// An element of the field of p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SEC 2, section 2.4.2) in Montgomery form: a is kept as
/// a 2^256 mod p, in four limbs, always below p. Variable time.
/// </summary>
internal readonly struct P256Field
{
    private const ulong P0 = 0xFFFFFFFFFFFFFFFF, P1 = 0x00000000FFFFFFFF, P2 = 0, P3 = 0xFFFFFFFF00000001;

    public static readonly UInt256 Prime = new(P0, P1, P2, P3);

    /// <summary>2^512 and 2^768 mod p: products with them enter the form, and repair the inverse of a number in it.</summary>
    private static P256Field Enter => new(0x0000000000000003, 0xFFFFFFFBFFFFFFFF, 0xFFFFFFFFFFFFFFFE, 0x00000004FFFFFFFD);

    private static P256Field Repair => new(0xFFFFFFFD0000000A, 0xFFFFFFEDFFFFFFF7, 0x00000005FFFFFFFC, 0x0000001800000001);

    private readonly ulong _0, _1, _2, _3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private P256Field(ulong l0, ulong l1, ulong l2, ulong l3)
    {
        _0 = l0;
        _1 = l1;
        _2 = l2;
        _3 = l3;
    }

    /// <summary>The element of a number below p.</summary>
    public P256Field(in UInt256 value) => this = new P256Field(value.U0, value.U1, value.U2, value.U3) * Enter;

    public static P256Field One => new(0x0000000000000001, 0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFF, 0x00000000FFFFFFFE);

    public bool IsZero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_0 | _1 | _2 | _3) == 0;
    }

    public UInt256 ToUInt256()
    {
        var value = this * new P256Field(1, 0, 0, 0);
        return new UInt256(value._0, value._1, value._2, value._3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equals(in P256Field a, in P256Field b) => ((a._0 ^ b._0) | (a._1 ^ b._1) | (a._2 ^ b._2) | (a._3 ^ b._3)) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static P256Field operator +(in P256Field a, in P256Field b)
    {
        ulong carry = 0;
        var s0 = Wide.AddCarry(a._0, b._0, ref carry);
        var s1 = Wide.AddCarry(a._1, b._1, ref carry);
        var s2 = Wide.AddCarry(a._2, b._2, ref carry);
        var s3 = Wide.AddCarry(a._3, b._3, ref carry);
        return SubtractPrime(s0, s1, s2, s3, carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static P256Field operator -(in P256Field a, in P256Field b)
    {
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(a._0, b._0, ref borrow);
        var d1 = Wide.SubtractBorrow(a._1, b._1, ref borrow);
        var d2 = Wide.SubtractBorrow(a._2, b._2, ref borrow);
        var d3 = Wide.SubtractBorrow(a._3, b._3, ref borrow);
        var mask = 0 - borrow;
        ulong carry = 0;
        return new(
            Wide.AddCarry(d0, P0 & mask, ref carry),
            Wide.AddCarry(d1, P1 & mask, ref carry),
            Wide.AddCarry(d2, P2, ref carry),
            d3 + (P3 & mask) + carry);
    }

    public static P256Field operator -(in P256Field a) => default(P256Field) - a;

    /// <summary>a b / 2^256, a row at a time (Koc, Acar, Kaliski, "Analyzing and comparing Montgomery multiplication algorithms", 1996: CIOS).</summary>
    public static P256Field operator *(in P256Field a, in P256Field b)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
        Row(in a, b._0, ref t0, ref t1, ref t2, ref t3, ref t4);
        Row(in a, b._1, ref t0, ref t1, ref t2, ref t3, ref t4);
        Row(in a, b._2, ref t0, ref t1, ref t2, ref t3, ref t4);
        Row(in a, b._3, ref t0, ref t1, ref t2, ref t3, ref t4);
        return SubtractPrime(t0, t1, t2, t3, t4);
    }

    /// <summary>
    /// t = (t + a b + m p) / 2^64. As p is -1 modulo 2^64, m is the lowest limb; m p is made of shifts:
    /// (m p + m) / 2^64 = 2^32 m + 2^128 (2^64 - 2^32 + 1) m.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(in P256Field a, ulong b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4)
    {
        ulong carry = 0;
        var m = Wide.MultiplyAddCarry(a._0, b, t0, ref carry);
        var l1 = Wide.MultiplyAddCarry(a._1, b, t1, ref carry);
        var l2 = Wide.MultiplyAddCarry(a._2, b, t2, ref carry);
        var l3 = Wide.MultiplyAddCarry(a._3, b, t3, ref carry);
        // t is below 2p, so the row's sum fits five limbs.
        var l4 = t4 + carry;
        var shifted = m << 32;
        var low = m - shifted;
        var high = m - (m >> 32) - (m < shifted ? 1UL : 0);
        carry = 0;
        t0 = Wide.AddCarry(l1, shifted, ref carry);
        t1 = Wide.AddCarry(l2, m >> 32, ref carry);
        t2 = Wide.AddCarry(l3, low, ref carry);
        t3 = Wide.AddCarry(l4, high, ref carry);
        t4 = carry;
    }

    /// <summary>A value below 2p, less p where it is that much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static P256Field SubtractPrime(ulong s0, ulong s1, ulong s2, ulong s3, ulong s4)
    {
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(s0, P0, ref borrow);
        var d1 = Wide.SubtractBorrow(s1, P1, ref borrow);
        var d2 = Wide.SubtractBorrow(s2, P2, ref borrow);
        var d3 = Wide.SubtractBorrow(s3, P3, ref borrow);
        return s4 < borrow ? new(s0, s1, s2, s3) : new(d0, d1, d2, d3);
    }

    public static P256Field Square(in P256Field a) => a * a;

    /// <summary>1 / a; 0 for 0.</summary>
    public static P256Field Invert(in P256Field a)
    {
        var inverse = ModularInverse.Odd(new UInt256(a._0, a._1, a._2, a._3), in Prime);
        return new P256Field(inverse.U0, inverse.U1, inverse.U2, inverse.U3) * Repair;
    }
}
