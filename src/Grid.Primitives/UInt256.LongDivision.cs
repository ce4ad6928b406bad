using System.Numerics;
using System.Runtime.CompilerServices;

namespace Grid.Primitives;

// Long division by two, three or four limbs: Knuth, TAOCP 2, algorithm 4.3.1 D, in base 2^64. The divisor v is shifted until its
// top bit is set (D1), and the dividend with it. The remainder r stays below v and takes in the dividend's limbs one by one, from
// the highest; each gives a digit of the quotient. What is shifted out of a 64-bit limb is less than 2^63, and so below v's top limb:
// that is why r may start with the dividend's highest limbs.
public readonly partial struct UInt256
{
    private static void DivideByFour(in UInt256 a, in UInt256 b, out UInt256 quotient, out UInt256 remainder)
    {
        var shift = BitOperations.LeadingZeroCount(b.U3);
        ulong v3 = ShiftPair(b.U3, b.U2, shift), v2 = ShiftPair(b.U2, b.U1, shift), v1 = ShiftPair(b.U1, b.U0, shift), v0 = b.U0 << shift;
        ulong r3 = ShiftPair(0, a.U3, shift), r2 = ShiftPair(a.U3, a.U2, shift), r1 = ShiftPair(a.U2, a.U1, shift), r0 = ShiftPair(a.U1, a.U0, shift);
        var q0 = Digit(a.U0 << shift, ref r0, ref r1, ref r2, ref r3, v0, v1, v2, v3);
        quotient = new UInt256(q0, 0, 0, 0);
        remainder = ShiftBack(r0, r1, r2, r3, shift);
    }

    private static void DivideByThree(in UInt256 a, in UInt256 b, out UInt256 quotient, out UInt256 remainder)
    {
        var shift = BitOperations.LeadingZeroCount(b.U2);
        ulong v2 = ShiftPair(b.U2, b.U1, shift), v1 = ShiftPair(b.U1, b.U0, shift), v0 = b.U0 << shift;
        ulong r2 = ShiftPair(0, a.U3, shift), r1 = ShiftPair(a.U3, a.U2, shift), r0 = ShiftPair(a.U2, a.U1, shift);
        var q1 = Digit(ShiftPair(a.U1, a.U0, shift), ref r0, ref r1, ref r2, v0, v1, v2);
        var q0 = Digit(a.U0 << shift, ref r0, ref r1, ref r2, v0, v1, v2);
        quotient = new UInt256(q0, q1, 0, 0);
        remainder = ShiftBack(r0, r1, r2, 0, shift);
    }

    private static void DivideByTwo(in UInt256 a, in UInt256 b, out UInt256 quotient, out UInt256 remainder)
    {
        var shift = BitOperations.LeadingZeroCount(b.U1);
        ulong v1 = ShiftPair(b.U1, b.U0, shift), v0 = b.U0 << shift;
        ulong r1 = ShiftPair(0, a.U3, shift), r0 = ShiftPair(a.U3, a.U2, shift);
        var q2 = Digit(ShiftPair(a.U2, a.U1, shift), ref r0, ref r1, v0, v1);
        var q1 = Digit(ShiftPair(a.U1, a.U0, shift), ref r0, ref r1, v0, v1);
        var q0 = Digit(a.U0 << shift, ref r0, ref r1, v0, v1);
        quotient = new UInt256(q0, q1, q2, 0);
        remainder = ShiftBack(r0, r1, 0, 0, shift);
    }

    /// <summary>(2^256 high + low) mod m, for an m of two limbs or more.</summary>
    private static UInt256 RemainderWide(in UInt256 low, in UInt256 high, in UInt256 m)
    {
        var shift = LeadingZeroCount(in m) & 63;
        var l8 = ShiftPair(0, high.U3, shift);
        var h = ShiftLimbs(in high, low.U3, shift);
        var l = ShiftLimbs(in low, 0, shift);
        if (m.U3 != 0)
        {
            var v = ShiftLimbs(in m, 0, shift);
            ulong r0 = h.U1, r1 = h.U2, r2 = h.U3, r3 = l8;
            Digit(h.U0, ref r0, ref r1, ref r2, ref r3, v.U0, v.U1, v.U2, v.U3);
            Digit(l.U3, ref r0, ref r1, ref r2, ref r3, v.U0, v.U1, v.U2, v.U3);
            Digit(l.U2, ref r0, ref r1, ref r2, ref r3, v.U0, v.U1, v.U2, v.U3);
            Digit(l.U1, ref r0, ref r1, ref r2, ref r3, v.U0, v.U1, v.U2, v.U3);
            Digit(l.U0, ref r0, ref r1, ref r2, ref r3, v.U0, v.U1, v.U2, v.U3);
            return ShiftBack(r0, r1, r2, r3, shift);
        }
        ReadOnlySpan<ulong> limbs = [l.U0, l.U1, l.U2, l.U3, h.U0, h.U1, h.U2, h.U3, l8];
        return m.U2 != 0 ? RemainderByThree(limbs, in m, shift) : RemainderByTwo(limbs, in m, shift);
    }

    private static UInt256 RemainderByThree(ReadOnlySpan<ulong> limbs, in UInt256 m, int shift)
    {
        ulong v2 = ShiftPair(m.U2, m.U1, shift), v1 = ShiftPair(m.U1, m.U0, shift), v0 = m.U0 << shift;
        ulong r0 = limbs[6], r1 = limbs[7], r2 = limbs[8];
        for (var i = 5; i >= 0; i--)
        {
            Digit(limbs[i], ref r0, ref r1, ref r2, v0, v1, v2);
        }
        return ShiftBack(r0, r1, r2, 0, shift);
    }

    private static UInt256 RemainderByTwo(ReadOnlySpan<ulong> limbs, in UInt256 m, int shift)
    {
        ulong v1 = ShiftPair(m.U1, m.U0, shift), v0 = m.U0 << shift;
        ulong r0 = limbs[7], r1 = limbs[8];
        for (var i = 6; i >= 0; i--)
        {
            Digit(limbs[i], ref r0, ref r1, v0, v1);
        }
        return ShiftBack(r0, r1, 0, 0, shift);
    }

    /// <summary>Steps D3 to D6: takes in a limb, leaves the remainder and returns the digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digit(ulong next, ref ulong r0, ref ulong r1, ref ulong r2, ref ulong r3, ulong v0, ulong v1, ulong v2, ulong v3)
    {
        var digit = Estimate(r3, r2, r1, v3, v2);
        ulong borrow = 0;
        var t0 = Wide.MultiplySubtractBorrow(next, digit, v0, ref borrow);
        var t1 = Wide.MultiplySubtractBorrow(r0, digit, v1, ref borrow);
        var t2 = Wide.MultiplySubtractBorrow(r1, digit, v2, ref borrow);
        var t3 = Wide.MultiplySubtractBorrow(r2, digit, v3, ref borrow);
        if (r3 < borrow)
        {
            // D6: one too many, once in 2^63.
            digit--;
            ulong carry = 0;
            t0 = Wide.AddCarry(t0, v0, ref carry);
            t1 = Wide.AddCarry(t1, v1, ref carry);
            t2 = Wide.AddCarry(t2, v2, ref carry);
            t3 = Wide.AddCarry(t3, v3, ref carry);
        }
        (r0, r1, r2, r3) = (t0, t1, t2, t3);
        return digit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digit(ulong next, ref ulong r0, ref ulong r1, ref ulong r2, ulong v0, ulong v1, ulong v2)
    {
        var digit = Estimate(r2, r1, r0, v2, v1);
        ulong borrow = 0;
        var t0 = Wide.MultiplySubtractBorrow(next, digit, v0, ref borrow);
        var t1 = Wide.MultiplySubtractBorrow(r0, digit, v1, ref borrow);
        var t2 = Wide.MultiplySubtractBorrow(r1, digit, v2, ref borrow);
        if (r2 < borrow)
        {
            // D6: one too many, once in 2^63.
            digit--;
            ulong carry = 0;
            t0 = Wide.AddCarry(t0, v0, ref carry);
            t1 = Wide.AddCarry(t1, v1, ref carry);
            t2 = Wide.AddCarry(t2, v2, ref carry);
        }
        (r0, r1, r2) = (t0, t1, t2);
        return digit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digit(ulong next, ref ulong r0, ref ulong r1, ulong v0, ulong v1)
    {
        var digit = Estimate(r1, r0, next, v1, v0);
        ulong borrow = 0;
        var t0 = Wide.MultiplySubtractBorrow(next, digit, v0, ref borrow);
        var t1 = Wide.MultiplySubtractBorrow(r0, digit, v1, ref borrow);
        if (r1 < borrow)
        {
            // D6: one too many, once in 2^63.
            digit--;
            ulong carry = 0;
            t0 = Wide.AddCarry(t0, v0, ref carry);
            t1 = Wide.AddCarry(t1, v1, ref carry);
        }
        (r0, r1) = (t0, t1);
        return digit;
    }

    /// <summary>Step D3: the digit from the three highest limbs of the remainder and the two highest of the divisor, or one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Estimate(ulong u2, ulong u1, ulong u0, ulong v1, ulong v0)
    {
        ulong digit, rest;
        if (u2 < v1)
        {
            digit = DivideTwoLimbs(u2, u1, v1, out rest);
        }
        else
        {
            // The quotient is 2^64 or more; the largest digit leaves u1 + v1.
            digit = ulong.MaxValue;
            rest = u1 + v1;
            if (rest < v1)
            {
                return digit;
            }
        }
        while (true)
        {
            var high = Wide.MultiplyHigh(digit, v0);
            if (high < rest || (high == rest && digit * v0 <= u0))
            {
                return digit;
            }
            digit--;
            rest += v1;
            // A rest of more than a limb is larger than any product's upper half.
            if (rest < v1)
            {
                return digit;
            }
        }
    }

    /// <summary>The upper limb of high:low shifted left by 0 to 63 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ShiftPair(ulong high, ulong low, int shift) => (high << shift) | (low >> 1 >> (63 - shift));

    /// <summary>Four limbs shifted left by 0 to 63 bits, filled from the limb below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt256 ShiftLimbs(in UInt256 a, ulong below, int shift) =>
        new(ShiftPair(a.U0, below, shift), ShiftPair(a.U1, a.U0, shift), ShiftPair(a.U2, a.U1, shift), ShiftPair(a.U3, a.U2, shift));

    /// <summary>Step D8: four limbs shifted right by 0 to 63 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt256 ShiftBack(ulong r0, ulong r1, ulong r2, ulong r3, int shift) => new(
        (r0 >> shift) | (r1 << 1 << (63 - shift)),
        (r1 >> shift) | (r2 << 1 << (63 - shift)),
        (r2 >> shift) | (r3 << 1 << (63 - shift)),
        r3 >> shift);
}
