using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// A product before its reduction, or a sum or difference of some: columns of 2^56 whose values are signed and don't overlap with a carry,
/// so that sums and differences are those of columns. One reduction then serves several products ("lazy reduction": Aranha,
/// Karabina, Longa, Gebotys, Lopez, "Faster explicit formulas for computing pairings over ordinary curves", 2011). A column
/// has room for 16 products of factors of magnitude 1.
/// </summary>
internal struct FpWide
{
    private ulong _0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13;

    public static void Multiply(in Fp a, in Fp b, out FpWide product)
    {
        ulong a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4, a5 = a.L5, a6 = a.L6;
        ulong b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4, b5 = b.L5, b6 = b.L6;
        ulong x0 = a0 << 4, x1 = a1 << 4, x2 = a2 << 4, x3 = a3 << 4, x4 = a4 << 4, x5 = a5 << 4, x6 = a6 << 4;
        ulong y0 = b0 << 4, y1 = b1 << 4, y2 = b2 << 4, y3 = b3 << 4, y4 = b4 << 4, y5 = b5 << 4, y6 = b6 << 4;
        ulong low, high, above;
        high = Wide.MultiplyHigh(x0, y0);
        product._0 = (a0 * b0) - (high << 56);
        above = high;
        low = above + (a0 * b1) + (a1 * b0);
        high = Wide.MultiplyHigh(x0, y1) + Wide.MultiplyHigh(x1, y0);
        product._1 = low - (high << 56);
        above = high;
        low = above + (a0 * b2) + (a1 * b1) + (a2 * b0);
        high = Wide.MultiplyHigh(x0, y2) + Wide.MultiplyHigh(x1, y1) + Wide.MultiplyHigh(x2, y0);
        product._2 = low - (high << 56);
        above = high;
        low = above + (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0);
        high = Wide.MultiplyHigh(x0, y3) + Wide.MultiplyHigh(x1, y2) + Wide.MultiplyHigh(x2, y1) + Wide.MultiplyHigh(x3, y0);
        product._3 = low - (high << 56);
        above = high;
        low = above + (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0);
        high = Wide.MultiplyHigh(x0, y4) + Wide.MultiplyHigh(x1, y3) + Wide.MultiplyHigh(x2, y2) + Wide.MultiplyHigh(x3, y1)
            + Wide.MultiplyHigh(x4, y0);
        product._4 = low - (high << 56);
        above = high;
        low = above + (a0 * b5) + (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) + (a5 * b0);
        high = Wide.MultiplyHigh(x0, y5) + Wide.MultiplyHigh(x1, y4) + Wide.MultiplyHigh(x2, y3) + Wide.MultiplyHigh(x3, y2)
            + Wide.MultiplyHigh(x4, y1) + Wide.MultiplyHigh(x5, y0);
        product._5 = low - (high << 56);
        above = high;
        low = above + (a0 * b6) + (a1 * b5) + (a2 * b4) + (a3 * b3) + (a4 * b2) + (a5 * b1) + (a6 * b0);
        high = Wide.MultiplyHigh(x0, y6) + Wide.MultiplyHigh(x1, y5) + Wide.MultiplyHigh(x2, y4) + Wide.MultiplyHigh(x3, y3)
            + Wide.MultiplyHigh(x4, y2) + Wide.MultiplyHigh(x5, y1) + Wide.MultiplyHigh(x6, y0);
        product._6 = low - (high << 56);
        above = high;
        low = above + (a1 * b6) + (a2 * b5) + (a3 * b4) + (a4 * b3) + (a5 * b2) + (a6 * b1);
        high = Wide.MultiplyHigh(x1, y6) + Wide.MultiplyHigh(x2, y5) + Wide.MultiplyHigh(x3, y4) + Wide.MultiplyHigh(x4, y3)
            + Wide.MultiplyHigh(x5, y2) + Wide.MultiplyHigh(x6, y1);
        product._7 = low - (high << 56);
        above = high;
        low = above + (a2 * b6) + (a3 * b5) + (a4 * b4) + (a5 * b3) + (a6 * b2);
        high = Wide.MultiplyHigh(x2, y6) + Wide.MultiplyHigh(x3, y5) + Wide.MultiplyHigh(x4, y4) + Wide.MultiplyHigh(x5, y3)
            + Wide.MultiplyHigh(x6, y2);
        product._8 = low - (high << 56);
        above = high;
        low = above + (a3 * b6) + (a4 * b5) + (a5 * b4) + (a6 * b3);
        high = Wide.MultiplyHigh(x3, y6) + Wide.MultiplyHigh(x4, y5) + Wide.MultiplyHigh(x5, y4) + Wide.MultiplyHigh(x6, y3);
        product._9 = low - (high << 56);
        above = high;
        low = above + (a4 * b6) + (a5 * b5) + (a6 * b4);
        high = Wide.MultiplyHigh(x4, y6) + Wide.MultiplyHigh(x5, y5) + Wide.MultiplyHigh(x6, y4);
        product._10 = low - (high << 56);
        above = high;
        low = above + (a5 * b6) + (a6 * b5);
        high = Wide.MultiplyHigh(x5, y6) + Wide.MultiplyHigh(x6, y5);
        product._11 = low - (high << 56);
        above = high;
        low = above + (a6 * b6);
        high = Wide.MultiplyHigh(x6, y6);
        product._12 = low - (high << 56);
        product._13 = high;
    }

    /// <summary>difference = a - b, which may be one of them.</summary>
    public static void Subtract(in FpWide a, in FpWide b, out FpWide difference)
    {
        difference._0 = a._0 - b._0;
        difference._1 = a._1 - b._1;
        difference._2 = a._2 - b._2;
        difference._3 = a._3 - b._3;
        difference._4 = a._4 - b._4;
        difference._5 = a._5 - b._5;
        difference._6 = a._6 - b._6;
        difference._7 = a._7 - b._7;
        difference._8 = a._8 - b._8;
        difference._9 = a._9 - b._9;
        difference._10 = a._10 - b._10;
        difference._11 = a._11 - b._11;
        difference._12 = a._12 - b._12;
        difference._13 = a._13 - b._13;
    }

    /// <summary>difference = a - b - c, which may be one of them.</summary>
    public static void Subtract(in FpWide a, in FpWide b, in FpWide c, out FpWide difference)
    {
        difference._0 = a._0 - b._0 - c._0;
        difference._1 = a._1 - b._1 - c._1;
        difference._2 = a._2 - b._2 - c._2;
        difference._3 = a._3 - b._3 - c._3;
        difference._4 = a._4 - b._4 - c._4;
        difference._5 = a._5 - b._5 - c._5;
        difference._6 = a._6 - b._6 - c._6;
        difference._7 = a._7 - b._7 - c._7;
        difference._8 = a._8 - b._8 - c._8;
        difference._9 = a._9 - b._9 - c._9;
        difference._10 = a._10 - b._10 - c._10;
        difference._11 = a._11 - b._11 - c._11;
        difference._12 = a._12 - b._12 - c._12;
        difference._13 = a._13 - b._13 - c._13;
    }

    public static Fp Reduce(in FpWide t) => Reduce(
        t._0, t._1, t._2, t._3, t._4, t._5, t._6, t._7, t._8, t._9, t._10, t._11, t._12, t._13);

    /// <summary>(a - b) / R.</summary>
    public static Fp ReduceDifference(in FpWide a, in FpWide b) => Reduce(
        a._0 - b._0, a._1 - b._1, a._2 - b._2, a._3 - b._3, a._4 - b._4, a._5 - b._5, a._6 - b._6,
        a._7 - b._7, a._8 - b._8, a._9 - b._9, a._10 - b._10, a._11 - b._11, a._12 - b._12, a._13 - b._13);

    /// <summary>(a - b - c) / R.</summary>
    public static Fp ReduceDifference(in FpWide a, in FpWide b, in FpWide c) => Reduce(
        a._0 - b._0 - c._0, a._1 - b._1 - c._1, a._2 - b._2 - c._2, a._3 - b._3 - c._3, a._4 - b._4 - c._4, a._5 - b._5 - c._5, a._6 - b._6 - c._6,
        a._7 - b._7 - c._7, a._8 - b._8 - c._8, a._9 - b._9 - c._9, a._10 - b._10 - c._10, a._11 - b._11 - c._11, a._12 - b._12 - c._12,
        a._13 - b._13 - c._13);

    /// <summary>t / R for a t above -p R: p is added, which makes it positive. Below 2p + t / R.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Fp Reduce(
        ulong t0, ulong t1, ulong t2, ulong t3, ulong t4, ulong t5, ulong t6,
        ulong t7, ulong t8, ulong t9, ulong t10, ulong t11, ulong t12, ulong t13)
    {
        ulong low, high, carry;
        low = t0;
        high = 0;
        var m0 = (low * Fp.Factor) & Fp.Mask;
        carry = high + Wide.MultiplyHigh(m0, Fp.Q0) + (ulong)((long)(low + Fp.Mask) >> 56);
        low = t1 + carry + (m0 * Fp.P1);
        high = Wide.MultiplyHigh(m0, Fp.Q1);
        low -= high << 56;
        var m1 = (low * Fp.Factor) & Fp.Mask;
        carry = high + Wide.MultiplyHigh(m1, Fp.Q0) + (ulong)((long)(low + Fp.Mask) >> 56);
        low = t2 + carry + (m0 * Fp.P2) + (m1 * Fp.P1);
        high = Wide.MultiplyHigh(m0, Fp.Q2) + Wide.MultiplyHigh(m1, Fp.Q1);
        low -= high << 56;
        var m2 = (low * Fp.Factor) & Fp.Mask;
        carry = high + Wide.MultiplyHigh(m2, Fp.Q0) + (ulong)((long)(low + Fp.Mask) >> 56);
        low = t3 + carry + (m0 * Fp.P3) + (m1 * Fp.P2) + (m2 * Fp.P1);
        high = Wide.MultiplyHigh(m0, Fp.Q3) + Wide.MultiplyHigh(m1, Fp.Q2) + Wide.MultiplyHigh(m2, Fp.Q1);
        low -= high << 56;
        var m3 = (low * Fp.Factor) & Fp.Mask;
        carry = high + Wide.MultiplyHigh(m3, Fp.Q0) + (ulong)((long)(low + Fp.Mask) >> 56);
        low = t4 + carry + (m0 * Fp.P4) + (m1 * Fp.P3) + (m2 * Fp.P2) + (m3 * Fp.P1);
        high = Wide.MultiplyHigh(m0, Fp.Q4) + Wide.MultiplyHigh(m1, Fp.Q3) + Wide.MultiplyHigh(m2, Fp.Q2) + Wide.MultiplyHigh(m3, Fp.Q1);
        low -= high << 56;
        var m4 = (low * Fp.Factor) & Fp.Mask;
        carry = high + Wide.MultiplyHigh(m4, Fp.Q0) + (ulong)((long)(low + Fp.Mask) >> 56);
        low = t5 + carry + (m0 * Fp.P5) + (m1 * Fp.P4) + (m2 * Fp.P3) + (m3 * Fp.P2) + (m4 * Fp.P1);
        high = Wide.MultiplyHigh(m0, Fp.Q5) + Wide.MultiplyHigh(m1, Fp.Q4) + Wide.MultiplyHigh(m2, Fp.Q3) + Wide.MultiplyHigh(m3, Fp.Q2)
            + Wide.MultiplyHigh(m4, Fp.Q1);
        low -= high << 56;
        var m5 = (low * Fp.Factor) & Fp.Mask;
        carry = high + Wide.MultiplyHigh(m5, Fp.Q0) + (ulong)((long)(low + Fp.Mask) >> 56);
        low = t6 + carry + (m0 * Fp.P6) + (m1 * Fp.P5) + (m2 * Fp.P4) + (m3 * Fp.P3) + (m4 * Fp.P2) + (m5 * Fp.P1);
        high = Wide.MultiplyHigh(m0, Fp.Q6) + Wide.MultiplyHigh(m1, Fp.Q5) + Wide.MultiplyHigh(m2, Fp.Q4) + Wide.MultiplyHigh(m3, Fp.Q3)
            + Wide.MultiplyHigh(m4, Fp.Q2) + Wide.MultiplyHigh(m5, Fp.Q1);
        low -= high << 56;
        var m6 = (low * Fp.Factor) & Fp.Mask;
        carry = high + Wide.MultiplyHigh(m6, Fp.Q0) + (ulong)((long)(low + Fp.Mask) >> 56);
        low = t7 + carry + Fp.P0 + (m1 * Fp.P6) + (m2 * Fp.P5) + (m3 * Fp.P4) + (m4 * Fp.P3) + (m5 * Fp.P2) + (m6 * Fp.P1);
        high = Wide.MultiplyHigh(m1, Fp.Q6) + Wide.MultiplyHigh(m2, Fp.Q5) + Wide.MultiplyHigh(m3, Fp.Q4) + Wide.MultiplyHigh(m4, Fp.Q3)
            + Wide.MultiplyHigh(m5, Fp.Q2) + Wide.MultiplyHigh(m6, Fp.Q1);
        low -= high << 56;
        var r0 = low & Fp.Mask;
        carry = high + (ulong)((long)low >> 56);
        low = t8 + carry + Fp.P1 + (m2 * Fp.P6) + (m3 * Fp.P5) + (m4 * Fp.P4) + (m5 * Fp.P3) + (m6 * Fp.P2);
        high = Wide.MultiplyHigh(m2, Fp.Q6) + Wide.MultiplyHigh(m3, Fp.Q5) + Wide.MultiplyHigh(m4, Fp.Q4) + Wide.MultiplyHigh(m5, Fp.Q3)
            + Wide.MultiplyHigh(m6, Fp.Q2);
        low -= high << 56;
        var r1 = low & Fp.Mask;
        carry = high + (ulong)((long)low >> 56);
        low = t9 + carry + Fp.P2 + (m3 * Fp.P6) + (m4 * Fp.P5) + (m5 * Fp.P4) + (m6 * Fp.P3);
        high = Wide.MultiplyHigh(m3, Fp.Q6) + Wide.MultiplyHigh(m4, Fp.Q5) + Wide.MultiplyHigh(m5, Fp.Q4) + Wide.MultiplyHigh(m6, Fp.Q3);
        low -= high << 56;
        var r2 = low & Fp.Mask;
        carry = high + (ulong)((long)low >> 56);
        low = t10 + carry + Fp.P3 + (m4 * Fp.P6) + (m5 * Fp.P5) + (m6 * Fp.P4);
        high = Wide.MultiplyHigh(m4, Fp.Q6) + Wide.MultiplyHigh(m5, Fp.Q5) + Wide.MultiplyHigh(m6, Fp.Q4);
        low -= high << 56;
        var r3 = low & Fp.Mask;
        carry = high + (ulong)((long)low >> 56);
        low = t11 + carry + Fp.P4 + (m5 * Fp.P6) + (m6 * Fp.P5);
        high = Wide.MultiplyHigh(m5, Fp.Q6) + Wide.MultiplyHigh(m6, Fp.Q5);
        low -= high << 56;
        var r4 = low & Fp.Mask;
        carry = high + (ulong)((long)low >> 56);
        low = t12 + carry + Fp.P5 + (m6 * Fp.P6);
        high = Wide.MultiplyHigh(m6, Fp.Q6);
        low -= high << 56;
        var r5 = low & Fp.Mask;
        carry = high + (ulong)((long)low >> 56);
        return new(r0, r1, r2, r3, r4, r5, t13 + carry + Fp.P6);
    }
}
