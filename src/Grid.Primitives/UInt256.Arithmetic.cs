using System.Runtime.CompilerServices;

namespace Grid.Primitives;

public readonly partial struct UInt256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddCarry(ulong a, ulong b, ref ulong carry)
    {
        var sum = a + b;
        var first = sum < a ? 1UL : 0UL;
        var result = sum + carry;
        carry = first | (result < sum ? 1UL : 0UL);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        var difference = a - b;
        var first = a < b ? 1UL : 0UL;
        var result = difference - borrow;
        borrow = first | (difference < borrow ? 1UL : 0UL);
        return result;
    }

    /// <summary>a + b modulo 2^256; returns whether the sum overflowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AddOverflow(in UInt256 a, in UInt256 b, out UInt256 sum)
    {
        ulong carry = 0;
        var r0 = AddCarry(a.U0, b.U0, ref carry);
        var r1 = AddCarry(a.U1, b.U1, ref carry);
        var r2 = AddCarry(a.U2, b.U2, ref carry);
        var r3 = AddCarry(a.U3, b.U3, ref carry);
        sum = new UInt256(r0, r1, r2, r3);
        return carry != 0;
    }

    /// <summary>a - b modulo 2^256; returns whether b was larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SubtractUnderflow(in UInt256 a, in UInt256 b, out UInt256 difference)
    {
        ulong borrow = 0;
        var r0 = SubtractBorrow(a.U0, b.U0, ref borrow);
        var r1 = SubtractBorrow(a.U1, b.U1, ref borrow);
        var r2 = SubtractBorrow(a.U2, b.U2, ref borrow);
        var r3 = SubtractBorrow(a.U3, b.U3, ref borrow);
        difference = new UInt256(r0, r1, r2, r3);
        return borrow != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator +(in UInt256 a, in UInt256 b)
    {
        AddOverflow(in a, in b, out var sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator -(in UInt256 a, in UInt256 b)
    {
        SubtractUnderflow(in a, in b, out var difference);
        return difference;
    }

    public static UInt256 operator -(in UInt256 a) => Zero - a;

    /// <summary>a * b modulo 2^256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator *(in UInt256 a, in UInt256 b)
    {
        if ((a.U1 | a.U2 | a.U3 | b.U1 | b.U2 | b.U3) == 0)
        {
            var high = Math.BigMul(a.U0, b.U0, out ulong low);
            return new UInt256(low, high, 0, 0);
        }
        return MultiplyFull(in a, in b);
    }

    private static UInt256 MultiplyFull(in UInt256 a, in UInt256 b)
    {
        UInt128 p00 = (UInt128)a.U0 * b.U0, p01 = (UInt128)a.U0 * b.U1, p10 = (UInt128)a.U1 * b.U0;
        UInt128 p02 = (UInt128)a.U0 * b.U2, p11 = (UInt128)a.U1 * b.U1, p20 = (UInt128)a.U2 * b.U0;
        var r0 = (ulong)p00;
        UInt128 t1 = (p00 >> 64) + (ulong)p01 + (ulong)p10;
        UInt128 t2 = (t1 >> 64) + (p01 >> 64) + (p10 >> 64) + (ulong)p02 + (ulong)p11 + (ulong)p20;
        var r3 = (ulong)(t2 >> 64) + (ulong)(p02 >> 64) + (ulong)(p11 >> 64) + (ulong)(p20 >> 64)
            + (a.U0 * b.U3) + (a.U1 * b.U2) + (a.U2 * b.U1) + (a.U3 * b.U0);
        return new UInt256(r0, (ulong)t1, (ulong)t2, r3);
    }

    /// <summary>The product; returns whether it was 2^256 or more.</summary>
    public static bool MultiplyOverflow(in UInt256 a, in UInt256 b, out UInt256 product)
    {
        Span<ulong> full = stackalloc ulong[8];
        MultiplyWide(in a, in b, full);
        product = new UInt256(full[0], full[1], full[2], full[3]);
        return (full[4] | full[5] | full[6] | full[7]) != 0;
    }

    /// <summary>The full 512-bit product: eight limbs, least significant first.</summary>
    public static void MultiplyWide(in UInt256 a, in UInt256 b, Span<ulong> product)
    {
        ref var x = ref Unsafe.AsRef(in a.U0);
        ref var y = ref Unsafe.AsRef(in b.U0);
        product[..8].Clear();
        for (var i = 0; i < 4; i++)
        {
            var xi = Unsafe.Add(ref x, i);
            ulong carry = 0;
            for (var j = 0; j < 4; j++)
            {
                // At most (2^64-1)^2 + 2(2^64-1) = 2^128-1: no overflow.
                var t = ((UInt128)xi * Unsafe.Add(ref y, j)) + product[i + j] + carry;
                product[i + j] = (ulong)t;
                carry = (ulong)(t >> 64);
            }
            product[i + 4] = carry;
        }
    }

    /// <summary>ADDMOD: (a + b) mod m without wrapping in between; zero for m = 0.</summary>
    public static UInt256 AddMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        if (m.IsZero)
        {
            return Zero;
        }
        if (!AddOverflow(in a, in b, out var sum))
        {
            return sum % m;
        }
        ReadOnlySpan<ulong> wide = [sum.U0, sum.U1, sum.U2, sum.U3, 1];
        Span<ulong> quotient = stackalloc ulong[5];
        return DivideLimbs(wide, in m, quotient);
    }

    /// <summary>MULMOD: (a * b) mod m with the full product in between; zero for m = 0.</summary>
    public static UInt256 MulMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        if (m.IsZero)
        {
            return Zero;
        }
        Span<ulong> wide = stackalloc ulong[8];
        MultiplyWide(in a, in b, wide);
        Span<ulong> quotient = stackalloc ulong[8];
        return DivideLimbs(wide, in m, quotient);
    }

    /// <summary>EXP: a to the power of the exponent modulo 2^256, by squaring from the highest bit.</summary>
    public static UInt256 Exp(in UInt256 a, in UInt256 exponent)
    {
        var result = One;
        for (var bit = exponent.BitLength - 1; bit >= 0; bit--)
        {
            result *= result;
            if (((Unsafe.Add(ref Unsafe.AsRef(in exponent.U0), bit >> 6) >> (bit & 63)) & 1) != 0)
            {
                result *= a;
            }
        }
        return result;
    }
}
