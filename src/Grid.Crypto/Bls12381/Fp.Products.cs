using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// Products, column by column. A column's sum L of lower halves is kept modulo 2^64 and that of upper parts H = sum floor(a b / 2^56) whole, so
/// the sum of lower parts is L - 2^56 H, which fits: no partial product needs a mask or a carry. The upper part is that of
/// (2^4 a) (2^4 b) above 2^64. Columns of the reduction are those of Montgomery's product (Koc, Acar, Kaliski 1996, finely integrated).
/// </summary>
internal readonly partial struct Fp
{
    /// <summary>a b / R, below (a b / R) + p: below 2p for factors whose multiples of p multiply to at most 2,000, and magnitudes to at most 16.</summary>
    public static Fp operator *(in Fp a, in Fp b)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4, a5 = a._5, a6 = a._6;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4, b5 = b._5, b6 = b._6;
        ulong x0 = a0 << 4, x1 = a1 << 4, x2 = a2 << 4, x3 = a3 << 4, x4 = a4 << 4, x5 = a5 << 4, x6 = a6 << 4;
        ulong y0 = b0 << 4, y1 = b1 << 4, y2 = b2 << 4, y3 = b3 << 4, y4 = b4 << 4, y5 = b5 << 4, y6 = b6 << 4;
        ulong low, high, carry;
        low = (a0 * b0);
        high = Wide.MultiplyHigh(x0, y0);
        low -= high << 56;
        var m0 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m0, Q0) + ((low + Mask) >> 56);
        low = carry + (a0 * b1) + (a1 * b0) + (m0 * P1);
        high = Wide.MultiplyHigh(x0, y1) + Wide.MultiplyHigh(x1, y0) + Wide.MultiplyHigh(m0, Q1);
        low -= high << 56;
        var m1 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m1, Q0) + ((low + Mask) >> 56);
        low = carry + (a0 * b2) + (a1 * b1) + (a2 * b0) + (m0 * P2) + (m1 * P1);
        high = Wide.MultiplyHigh(x0, y2) + Wide.MultiplyHigh(x1, y1) + Wide.MultiplyHigh(x2, y0) + Wide.MultiplyHigh(m0, Q2)
            + Wide.MultiplyHigh(m1, Q1);
        low -= high << 56;
        var m2 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m2, Q0) + ((low + Mask) >> 56);
        low = carry + (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) + (m0 * P3) + (m1 * P2) + (m2 * P1);
        high = Wide.MultiplyHigh(x0, y3) + Wide.MultiplyHigh(x1, y2) + Wide.MultiplyHigh(x2, y1) + Wide.MultiplyHigh(x3, y0)
            + Wide.MultiplyHigh(m0, Q3) + Wide.MultiplyHigh(m1, Q2) + Wide.MultiplyHigh(m2, Q1);
        low -= high << 56;
        var m3 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m3, Q0) + ((low + Mask) >> 56);
        low = carry + (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0) + (m0 * P4) + (m1 * P3) + (m2 * P2) + (m3 * P1);
        high = Wide.MultiplyHigh(x0, y4) + Wide.MultiplyHigh(x1, y3) + Wide.MultiplyHigh(x2, y2) + Wide.MultiplyHigh(x3, y1)
            + Wide.MultiplyHigh(x4, y0) + Wide.MultiplyHigh(m0, Q4) + Wide.MultiplyHigh(m1, Q3) + Wide.MultiplyHigh(m2, Q2)
            + Wide.MultiplyHigh(m3, Q1);
        low -= high << 56;
        var m4 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m4, Q0) + ((low + Mask) >> 56);
        low = carry + (a0 * b5) + (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) + (a5 * b0) + (m0 * P5) + (m1 * P4) + (m2 * P3) + (m3 * P2)
            + (m4 * P1);
        high = Wide.MultiplyHigh(x0, y5) + Wide.MultiplyHigh(x1, y4) + Wide.MultiplyHigh(x2, y3) + Wide.MultiplyHigh(x3, y2)
            + Wide.MultiplyHigh(x4, y1) + Wide.MultiplyHigh(x5, y0) + Wide.MultiplyHigh(m0, Q5) + Wide.MultiplyHigh(m1, Q4)
            + Wide.MultiplyHigh(m2, Q3) + Wide.MultiplyHigh(m3, Q2) + Wide.MultiplyHigh(m4, Q1);
        low -= high << 56;
        var m5 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m5, Q0) + ((low + Mask) >> 56);
        low = carry + (a0 * b6) + (a1 * b5) + (a2 * b4) + (a3 * b3) + (a4 * b2) + (a5 * b1) + (a6 * b0) + (m0 * P6) + (m1 * P5) + (m2 * P4)
            + (m3 * P3) + (m4 * P2) + (m5 * P1);
        high = Wide.MultiplyHigh(x0, y6) + Wide.MultiplyHigh(x1, y5) + Wide.MultiplyHigh(x2, y4) + Wide.MultiplyHigh(x3, y3)
            + Wide.MultiplyHigh(x4, y2) + Wide.MultiplyHigh(x5, y1) + Wide.MultiplyHigh(x6, y0) + Wide.MultiplyHigh(m0, Q6)
            + Wide.MultiplyHigh(m1, Q5) + Wide.MultiplyHigh(m2, Q4) + Wide.MultiplyHigh(m3, Q3) + Wide.MultiplyHigh(m4, Q2)
            + Wide.MultiplyHigh(m5, Q1);
        low -= high << 56;
        var m6 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m6, Q0) + ((low + Mask) >> 56);
        low = carry + (a1 * b6) + (a2 * b5) + (a3 * b4) + (a4 * b3) + (a5 * b2) + (a6 * b1) + (m1 * P6) + (m2 * P5) + (m3 * P4) + (m4 * P3)
            + (m5 * P2) + (m6 * P1);
        high = Wide.MultiplyHigh(x1, y6) + Wide.MultiplyHigh(x2, y5) + Wide.MultiplyHigh(x3, y4) + Wide.MultiplyHigh(x4, y3)
            + Wide.MultiplyHigh(x5, y2) + Wide.MultiplyHigh(x6, y1) + Wide.MultiplyHigh(m1, Q6) + Wide.MultiplyHigh(m2, Q5)
            + Wide.MultiplyHigh(m3, Q4) + Wide.MultiplyHigh(m4, Q3) + Wide.MultiplyHigh(m5, Q2) + Wide.MultiplyHigh(m6, Q1);
        low -= high << 56;
        var r0 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (a2 * b6) + (a3 * b5) + (a4 * b4) + (a5 * b3) + (a6 * b2) + (m2 * P6) + (m3 * P5) + (m4 * P4) + (m5 * P3) + (m6 * P2);
        high = Wide.MultiplyHigh(x2, y6) + Wide.MultiplyHigh(x3, y5) + Wide.MultiplyHigh(x4, y4) + Wide.MultiplyHigh(x5, y3)
            + Wide.MultiplyHigh(x6, y2) + Wide.MultiplyHigh(m2, Q6) + Wide.MultiplyHigh(m3, Q5) + Wide.MultiplyHigh(m4, Q4)
            + Wide.MultiplyHigh(m5, Q3) + Wide.MultiplyHigh(m6, Q2);
        low -= high << 56;
        var r1 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (a3 * b6) + (a4 * b5) + (a5 * b4) + (a6 * b3) + (m3 * P6) + (m4 * P5) + (m5 * P4) + (m6 * P3);
        high = Wide.MultiplyHigh(x3, y6) + Wide.MultiplyHigh(x4, y5) + Wide.MultiplyHigh(x5, y4) + Wide.MultiplyHigh(x6, y3)
            + Wide.MultiplyHigh(m3, Q6) + Wide.MultiplyHigh(m4, Q5) + Wide.MultiplyHigh(m5, Q4) + Wide.MultiplyHigh(m6, Q3);
        low -= high << 56;
        var r2 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (a4 * b6) + (a5 * b5) + (a6 * b4) + (m4 * P6) + (m5 * P5) + (m6 * P4);
        high = Wide.MultiplyHigh(x4, y6) + Wide.MultiplyHigh(x5, y5) + Wide.MultiplyHigh(x6, y4) + Wide.MultiplyHigh(m4, Q6)
            + Wide.MultiplyHigh(m5, Q5) + Wide.MultiplyHigh(m6, Q4);
        low -= high << 56;
        var r3 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (a5 * b6) + (a6 * b5) + (m5 * P6) + (m6 * P5);
        high = Wide.MultiplyHigh(x5, y6) + Wide.MultiplyHigh(x6, y5) + Wide.MultiplyHigh(m5, Q6) + Wide.MultiplyHigh(m6, Q5);
        low -= high << 56;
        var r4 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (a6 * b6) + (m6 * P6);
        high = Wide.MultiplyHigh(x6, y6) + Wide.MultiplyHigh(m6, Q6);
        low -= high << 56;
        var r5 = low & Mask;
        carry = high + (low >> 56);
        return new(r0, r1, r2, r3, r4, r5, carry);
    }

    /// <summary>a a / R, with the bounds of a product.</summary>
    public static Fp Square(in Fp a)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4, a5 = a._5, a6 = a._6;
        ulong d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1, d4 = a4 << 1, d5 = a5 << 1;
        ulong x0 = a0 << 4, x1 = a1 << 4, x2 = a2 << 4, x3 = a3 << 4, x4 = a4 << 4, x5 = a5 << 4, x6 = a6 << 4;
        ulong y0 = a0 << 5, y1 = a1 << 5, y2 = a2 << 5, y3 = a3 << 5, y4 = a4 << 5, y5 = a5 << 5;
        ulong low, high, carry;
        low = (a0 * a0);
        high = Wide.MultiplyHigh(x0, x0);
        low -= high << 56;
        var m0 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m0, Q0) + ((low + Mask) >> 56);
        low = carry + (d0 * a1) + (m0 * P1);
        high = Wide.MultiplyHigh(y0, x1) + Wide.MultiplyHigh(m0, Q1);
        low -= high << 56;
        var m1 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m1, Q0) + ((low + Mask) >> 56);
        low = carry + (d0 * a2) + (a1 * a1) + (m0 * P2) + (m1 * P1);
        high = Wide.MultiplyHigh(y0, x2) + Wide.MultiplyHigh(x1, x1) + Wide.MultiplyHigh(m0, Q2) + Wide.MultiplyHigh(m1, Q1);
        low -= high << 56;
        var m2 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m2, Q0) + ((low + Mask) >> 56);
        low = carry + (d0 * a3) + (d1 * a2) + (m0 * P3) + (m1 * P2) + (m2 * P1);
        high = Wide.MultiplyHigh(y0, x3) + Wide.MultiplyHigh(y1, x2) + Wide.MultiplyHigh(m0, Q3) + Wide.MultiplyHigh(m1, Q2)
            + Wide.MultiplyHigh(m2, Q1);
        low -= high << 56;
        var m3 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m3, Q0) + ((low + Mask) >> 56);
        low = carry + (d0 * a4) + (d1 * a3) + (a2 * a2) + (m0 * P4) + (m1 * P3) + (m2 * P2) + (m3 * P1);
        high = Wide.MultiplyHigh(y0, x4) + Wide.MultiplyHigh(y1, x3) + Wide.MultiplyHigh(x2, x2) + Wide.MultiplyHigh(m0, Q4)
            + Wide.MultiplyHigh(m1, Q3) + Wide.MultiplyHigh(m2, Q2) + Wide.MultiplyHigh(m3, Q1);
        low -= high << 56;
        var m4 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m4, Q0) + ((low + Mask) >> 56);
        low = carry + (d0 * a5) + (d1 * a4) + (d2 * a3) + (m0 * P5) + (m1 * P4) + (m2 * P3) + (m3 * P2) + (m4 * P1);
        high = Wide.MultiplyHigh(y0, x5) + Wide.MultiplyHigh(y1, x4) + Wide.MultiplyHigh(y2, x3) + Wide.MultiplyHigh(m0, Q5)
            + Wide.MultiplyHigh(m1, Q4) + Wide.MultiplyHigh(m2, Q3) + Wide.MultiplyHigh(m3, Q2) + Wide.MultiplyHigh(m4, Q1);
        low -= high << 56;
        var m5 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m5, Q0) + ((low + Mask) >> 56);
        low = carry + (d0 * a6) + (d1 * a5) + (d2 * a4) + (a3 * a3) + (m0 * P6) + (m1 * P5) + (m2 * P4) + (m3 * P3) + (m4 * P2) + (m5 * P1);
        high = Wide.MultiplyHigh(y0, x6) + Wide.MultiplyHigh(y1, x5) + Wide.MultiplyHigh(y2, x4) + Wide.MultiplyHigh(x3, x3)
            + Wide.MultiplyHigh(m0, Q6) + Wide.MultiplyHigh(m1, Q5) + Wide.MultiplyHigh(m2, Q4) + Wide.MultiplyHigh(m3, Q3)
            + Wide.MultiplyHigh(m4, Q2) + Wide.MultiplyHigh(m5, Q1);
        low -= high << 56;
        var m6 = (low * Factor) & Mask;
        carry = high + Wide.MultiplyHigh(m6, Q0) + ((low + Mask) >> 56);
        low = carry + (d1 * a6) + (d2 * a5) + (d3 * a4) + (m1 * P6) + (m2 * P5) + (m3 * P4) + (m4 * P3) + (m5 * P2) + (m6 * P1);
        high = Wide.MultiplyHigh(y1, x6) + Wide.MultiplyHigh(y2, x5) + Wide.MultiplyHigh(y3, x4) + Wide.MultiplyHigh(m1, Q6)
            + Wide.MultiplyHigh(m2, Q5) + Wide.MultiplyHigh(m3, Q4) + Wide.MultiplyHigh(m4, Q3) + Wide.MultiplyHigh(m5, Q2)
            + Wide.MultiplyHigh(m6, Q1);
        low -= high << 56;
        var r0 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (d2 * a6) + (d3 * a5) + (a4 * a4) + (m2 * P6) + (m3 * P5) + (m4 * P4) + (m5 * P3) + (m6 * P2);
        high = Wide.MultiplyHigh(y2, x6) + Wide.MultiplyHigh(y3, x5) + Wide.MultiplyHigh(x4, x4) + Wide.MultiplyHigh(m2, Q6)
            + Wide.MultiplyHigh(m3, Q5) + Wide.MultiplyHigh(m4, Q4) + Wide.MultiplyHigh(m5, Q3) + Wide.MultiplyHigh(m6, Q2);
        low -= high << 56;
        var r1 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (d3 * a6) + (d4 * a5) + (m3 * P6) + (m4 * P5) + (m5 * P4) + (m6 * P3);
        high = Wide.MultiplyHigh(y3, x6) + Wide.MultiplyHigh(y4, x5) + Wide.MultiplyHigh(m3, Q6) + Wide.MultiplyHigh(m4, Q5)
            + Wide.MultiplyHigh(m5, Q4) + Wide.MultiplyHigh(m6, Q3);
        low -= high << 56;
        var r2 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (d4 * a6) + (a5 * a5) + (m4 * P6) + (m5 * P5) + (m6 * P4);
        high = Wide.MultiplyHigh(y4, x6) + Wide.MultiplyHigh(x5, x5) + Wide.MultiplyHigh(m4, Q6) + Wide.MultiplyHigh(m5, Q5)
            + Wide.MultiplyHigh(m6, Q4);
        low -= high << 56;
        var r3 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (d5 * a6) + (m5 * P6) + (m6 * P5);
        high = Wide.MultiplyHigh(y5, x6) + Wide.MultiplyHigh(m5, Q6) + Wide.MultiplyHigh(m6, Q5);
        low -= high << 56;
        var r4 = low & Mask;
        carry = high + (low >> 56);
        low = carry + (a6 * a6) + (m6 * P6);
        high = Wide.MultiplyHigh(x6, x6) + Wide.MultiplyHigh(m6, Q6);
        low -= high << 56;
        var r5 = low & Mask;
        carry = high + (low >> 56);
        return new(r0, r1, r2, r3, r4, r5, carry);
    }
}
