using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// Products, column by column. A column's sum L of lower halves is kept modulo 2^64 and that of upper parts H = sum floor(a b / 2^56) whole, so
/// the sum of lower parts is L - 2^56 H, which fits: no partial product needs a mask or a carry. The upper part is that of
/// (2^4 a) (2^4 b) above 2^64. Columns of the reduction are those of Montgomery's product (Koc, Acar, Kaliski 1996, finely integrated).
/// </summary>
internal readonly partial struct Fp
{
    /// <summary>
    /// a b / R, below (a b / R) + 2p: below 3p for factors whose multiples of p multiply to at most 2,000, and magnitudes to at most 16.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp operator *(in Fp a, in Fp b) => Bmi2.X64.IsSupported ? MultiplyAtOnce(in a, in b) : MultiplyAndReduce(in a, in b);

    /// <summary>a a / R, with the bounds of a product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp Square(in Fp a) => Bmi2.X64.IsSupported ? SquareAtOnce(in a) : MultiplyAndReduce(in a, in a);

    /// <summary>The same by way of a product that is reduced afterwards: what processors without the instruction do.</summary>
    public static Fp MultiplyAndReduce(in Fp a, in Fp b)
    {
        FpWide.Multiply(in a, in b, out var product);
        return FpWide.Reduce(in product);
    }

    // The intrinsic, not Wide.MultiplyHigh, in the two methods below: a hundred calls exceed what the compiler is willing to inline.
    private static Fp MultiplyAtOnce(in Fp a, in Fp b)
    {
        ulong a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4, a5 = a.L5, a6 = a.L6;
        ulong b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4, b5 = b.L5, b6 = b.L6;
        ulong x0 = a0 << 4, x1 = a1 << 4, x2 = a2 << 4, x3 = a3 << 4, x4 = a4 << 4, x5 = a5 << 4, x6 = a6 << 4;
        ulong y0 = b0 << 4, y1 = b1 << 4, y2 = b2 << 4, y3 = b3 << 4, y4 = b4 << 4, y5 = b5 << 4, y6 = b6 << 4;
        ulong low, high, carry = 0;

        low = a0 * b0; high = High(x0, y0);
        low -= high << 56;
        var m0 = (low * Factor) & Mask;
        carry = high + High(m0, Q0) + ((low + Mask) >> 56);

        low = a0 * b1; high = High(x0, y1); low += a1 * b0; high += High(x1, y0); low += m0 * P1; high += High(m0, Q1);
        low += carry - (high << 56);
        var m1 = (low * Factor) & Mask;
        carry = high + High(m1, Q0) + ((low + Mask) >> 56);

        low = a0 * b2; high = High(x0, y2); low += a1 * b1; high += High(x1, y1); low += a2 * b0; high += High(x2, y0);
        low += m0 * P2; high += High(m0, Q2); low += m1 * P1; high += High(m1, Q1);
        low += carry - (high << 56);
        var m2 = (low * Factor) & Mask;
        carry = high + High(m2, Q0) + ((low + Mask) >> 56);

        low = a0 * b3; high = High(x0, y3); low += a1 * b2; high += High(x1, y2); low += a2 * b1; high += High(x2, y1);
        low += a3 * b0; high += High(x3, y0); low += m0 * P3; high += High(m0, Q3); low += m1 * P2; high += High(m1, Q2);
        low += m2 * P1; high += High(m2, Q1);
        low += carry - (high << 56);
        var m3 = (low * Factor) & Mask;
        carry = high + High(m3, Q0) + ((low + Mask) >> 56);

        low = a0 * b4; high = High(x0, y4); low += a1 * b3; high += High(x1, y3); low += a2 * b2; high += High(x2, y2);
        low += a3 * b1; high += High(x3, y1); low += a4 * b0; high += High(x4, y0); low += m0 * P4; high += High(m0, Q4);
        low += m1 * P3; high += High(m1, Q3); low += m2 * P2; high += High(m2, Q2); low += m3 * P1; high += High(m3, Q1);
        low += carry - (high << 56);
        var m4 = (low * Factor) & Mask;
        carry = high + High(m4, Q0) + ((low + Mask) >> 56);

        low = a0 * b5; high = High(x0, y5); low += a1 * b4; high += High(x1, y4); low += a2 * b3; high += High(x2, y3);
        low += a3 * b2; high += High(x3, y2); low += a4 * b1; high += High(x4, y1); low += a5 * b0; high += High(x5, y0);
        low += m0 * P5; high += High(m0, Q5); low += m1 * P4; high += High(m1, Q4); low += m2 * P3; high += High(m2, Q3);
        low += m3 * P2; high += High(m3, Q2); low += m4 * P1; high += High(m4, Q1);
        low += carry - (high << 56);
        var m5 = (low * Factor) & Mask;
        carry = high + High(m5, Q0) + ((low + Mask) >> 56);

        low = a0 * b6; high = High(x0, y6); low += a1 * b5; high += High(x1, y5); low += a2 * b4; high += High(x2, y4);
        low += a3 * b3; high += High(x3, y3); low += a4 * b2; high += High(x4, y2); low += a5 * b1; high += High(x5, y1);
        low += a6 * b0; high += High(x6, y0); low += m0 * P6; high += High(m0, Q6); low += m1 * P5; high += High(m1, Q5);
        low += m2 * P4; high += High(m2, Q4); low += m3 * P3; high += High(m3, Q3); low += m4 * P2; high += High(m4, Q2);
        low += m5 * P1; high += High(m5, Q1);
        low += carry - (high << 56);
        var m6 = (low * Factor) & Mask;
        carry = high + High(m6, Q0) + ((low + Mask) >> 56);

        low = a1 * b6; high = High(x1, y6); low += a2 * b5; high += High(x2, y5); low += a3 * b4; high += High(x3, y4);
        low += a4 * b3; high += High(x4, y3); low += a5 * b2; high += High(x5, y2); low += a6 * b1; high += High(x6, y1);
        low += m1 * P6; high += High(m1, Q6); low += m2 * P5; high += High(m2, Q5); low += m3 * P4; high += High(m3, Q4);
        low += m4 * P3; high += High(m4, Q3); low += m5 * P2; high += High(m5, Q2); low += m6 * P1; high += High(m6, Q1);
        low += carry - (high << 56);
        var r0 = low & Mask;
        carry = high + (low >> 56);

        low = a2 * b6; high = High(x2, y6); low += a3 * b5; high += High(x3, y5); low += a4 * b4; high += High(x4, y4);
        low += a5 * b3; high += High(x5, y3); low += a6 * b2; high += High(x6, y2); low += m2 * P6; high += High(m2, Q6);
        low += m3 * P5; high += High(m3, Q5); low += m4 * P4; high += High(m4, Q4); low += m5 * P3; high += High(m5, Q3);
        low += m6 * P2; high += High(m6, Q2);
        low += carry - (high << 56);
        var r1 = low & Mask;
        carry = high + (low >> 56);

        low = a3 * b6; high = High(x3, y6); low += a4 * b5; high += High(x4, y5); low += a5 * b4; high += High(x5, y4);
        low += a6 * b3; high += High(x6, y3); low += m3 * P6; high += High(m3, Q6); low += m4 * P5; high += High(m4, Q5);
        low += m5 * P4; high += High(m5, Q4); low += m6 * P3; high += High(m6, Q3);
        low += carry - (high << 56);
        var r2 = low & Mask;
        carry = high + (low >> 56);

        low = a4 * b6; high = High(x4, y6); low += a5 * b5; high += High(x5, y5); low += a6 * b4; high += High(x6, y4);
        low += m4 * P6; high += High(m4, Q6); low += m5 * P5; high += High(m5, Q5); low += m6 * P4; high += High(m6, Q4);
        low += carry - (high << 56);
        var r3 = low & Mask;
        carry = high + (low >> 56);

        low = a5 * b6; high = High(x5, y6); low += a6 * b5; high += High(x6, y5); low += m5 * P6; high += High(m5, Q6);
        low += m6 * P5; high += High(m6, Q5);
        low += carry - (high << 56);
        var r4 = low & Mask;
        carry = high + (low >> 56);

        low = a6 * b6; high = High(x6, y6); low += m6 * P6; high += High(m6, Q6);
        low += carry - (high << 56);
        var r5 = low & Mask;
        carry = high + (low >> 56);

        return new(r0, r1, r2, r3, r4, r5, carry);
    }

    private static Fp SquareAtOnce(in Fp a)
    {
        ulong a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4, a5 = a.L5, a6 = a.L6;
        ulong d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1, d4 = a4 << 1, d5 = a5 << 1;
        ulong x0 = a0 << 4, x1 = a1 << 4, x2 = a2 << 4, x3 = a3 << 4, x4 = a4 << 4, x5 = a5 << 4, x6 = a6 << 4;
        ulong y0 = a0 << 5, y1 = a1 << 5, y2 = a2 << 5, y3 = a3 << 5, y4 = a4 << 5, y5 = a5 << 5;
        ulong low, high, carry = 0;

        low = a0 * a0; high = High(x0, x0);
        low -= high << 56;
        var m0 = (low * Factor) & Mask;
        carry = high + High(m0, Q0) + ((low + Mask) >> 56);

        low = d0 * a1; high = High(y0, x1); low += m0 * P1; high += High(m0, Q1);
        low += carry - (high << 56);
        var m1 = (low * Factor) & Mask;
        carry = high + High(m1, Q0) + ((low + Mask) >> 56);

        low = d0 * a2; high = High(y0, x2); low += a1 * a1; high += High(x1, x1); low += m0 * P2; high += High(m0, Q2);
        low += m1 * P1; high += High(m1, Q1);
        low += carry - (high << 56);
        var m2 = (low * Factor) & Mask;
        carry = high + High(m2, Q0) + ((low + Mask) >> 56);

        low = d0 * a3; high = High(y0, x3); low += d1 * a2; high += High(y1, x2); low += m0 * P3; high += High(m0, Q3);
        low += m1 * P2; high += High(m1, Q2); low += m2 * P1; high += High(m2, Q1);
        low += carry - (high << 56);
        var m3 = (low * Factor) & Mask;
        carry = high + High(m3, Q0) + ((low + Mask) >> 56);

        low = d0 * a4; high = High(y0, x4); low += d1 * a3; high += High(y1, x3); low += a2 * a2; high += High(x2, x2);
        low += m0 * P4; high += High(m0, Q4); low += m1 * P3; high += High(m1, Q3); low += m2 * P2; high += High(m2, Q2);
        low += m3 * P1; high += High(m3, Q1);
        low += carry - (high << 56);
        var m4 = (low * Factor) & Mask;
        carry = high + High(m4, Q0) + ((low + Mask) >> 56);

        low = d0 * a5; high = High(y0, x5); low += d1 * a4; high += High(y1, x4); low += d2 * a3; high += High(y2, x3);
        low += m0 * P5; high += High(m0, Q5); low += m1 * P4; high += High(m1, Q4); low += m2 * P3; high += High(m2, Q3);
        low += m3 * P2; high += High(m3, Q2); low += m4 * P1; high += High(m4, Q1);
        low += carry - (high << 56);
        var m5 = (low * Factor) & Mask;
        carry = high + High(m5, Q0) + ((low + Mask) >> 56);

        low = d0 * a6; high = High(y0, x6); low += d1 * a5; high += High(y1, x5); low += d2 * a4; high += High(y2, x4);
        low += a3 * a3; high += High(x3, x3); low += m0 * P6; high += High(m0, Q6); low += m1 * P5; high += High(m1, Q5);
        low += m2 * P4; high += High(m2, Q4); low += m3 * P3; high += High(m3, Q3); low += m4 * P2; high += High(m4, Q2);
        low += m5 * P1; high += High(m5, Q1);
        low += carry - (high << 56);
        var m6 = (low * Factor) & Mask;
        carry = high + High(m6, Q0) + ((low + Mask) >> 56);

        low = d1 * a6; high = High(y1, x6); low += d2 * a5; high += High(y2, x5); low += d3 * a4; high += High(y3, x4);
        low += m1 * P6; high += High(m1, Q6); low += m2 * P5; high += High(m2, Q5); low += m3 * P4; high += High(m3, Q4);
        low += m4 * P3; high += High(m4, Q3); low += m5 * P2; high += High(m5, Q2); low += m6 * P1; high += High(m6, Q1);
        low += carry - (high << 56);
        var r0 = low & Mask;
        carry = high + (low >> 56);

        low = d2 * a6; high = High(y2, x6); low += d3 * a5; high += High(y3, x5); low += a4 * a4; high += High(x4, x4);
        low += m2 * P6; high += High(m2, Q6); low += m3 * P5; high += High(m3, Q5); low += m4 * P4; high += High(m4, Q4);
        low += m5 * P3; high += High(m5, Q3); low += m6 * P2; high += High(m6, Q2);
        low += carry - (high << 56);
        var r1 = low & Mask;
        carry = high + (low >> 56);

        low = d3 * a6; high = High(y3, x6); low += d4 * a5; high += High(y4, x5); low += m3 * P6; high += High(m3, Q6);
        low += m4 * P5; high += High(m4, Q5); low += m5 * P4; high += High(m5, Q4); low += m6 * P3; high += High(m6, Q3);
        low += carry - (high << 56);
        var r2 = low & Mask;
        carry = high + (low >> 56);

        low = d4 * a6; high = High(y4, x6); low += a5 * a5; high += High(x5, x5); low += m4 * P6; high += High(m4, Q6);
        low += m5 * P5; high += High(m5, Q5); low += m6 * P4; high += High(m6, Q4);
        low += carry - (high << 56);
        var r3 = low & Mask;
        carry = high + (low >> 56);

        low = d5 * a6; high = High(y5, x6); low += m5 * P6; high += High(m5, Q6); low += m6 * P5; high += High(m6, Q5);
        low += carry - (high << 56);
        var r4 = low & Mask;
        carry = high + (low >> 56);

        low = a6 * a6; high = High(x6, x6); low += m6 * P6; high += High(m6, Q6);
        low += carry - (high << 56);
        var r5 = low & Mask;
        carry = high + (low >> 56);

        return new(r0, r1, r2, r3, r4, r5, carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) => Bmi2.X64.MultiplyNoFlags(a, b);
}
