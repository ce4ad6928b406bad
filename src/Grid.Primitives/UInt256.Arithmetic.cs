using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Grid.Primitives;

public readonly partial struct UInt256
{
    /// <summary>a + b modulo 2^256; returns whether the sum overflowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AddOverflow(in UInt256 a, in UInt256 b, out UInt256 sum)
    {
        ulong carry = 0;
        var r0 = Wide.AddCarry(a.U0, b.U0, ref carry);
        var r1 = Wide.AddCarry(a.U1, b.U1, ref carry);
        var r2 = Wide.AddCarry(a.U2, b.U2, ref carry);
        var r3 = Wide.AddCarry(a.U3, b.U3, ref carry);
        sum = new UInt256(r0, r1, r2, r3);
        return carry != 0;
    }

    /// <summary>a - b modulo 2^256; returns whether b was larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SubtractUnderflow(in UInt256 a, in UInt256 b, out UInt256 difference)
    {
        ulong borrow = 0;
        var r0 = Wide.SubtractBorrow(a.U0, b.U0, ref borrow);
        var r1 = Wide.SubtractBorrow(a.U1, b.U1, ref borrow);
        var r2 = Wide.SubtractBorrow(a.U2, b.U2, ref borrow);
        var r3 = Wide.SubtractBorrow(a.U3, b.U3, ref borrow);
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
            return new UInt256(a.U0 * b.U0, Wide.MultiplyHigh(a.U0, b.U0), 0, 0);
        }
        return MultiplyFull(in a, in b);
    }

    private static UInt256 MultiplyFull(in UInt256 a, in UInt256 b)
    {
        ulong b0 = b.U0, b1 = b.U1, b2 = b.U2;
        var x = a.U0;
        var carry = 0UL;
        var r0 = Wide.MultiplyAddCarry(x, b0, 0, ref carry);
        var r1 = Wide.MultiplyAddCarry(x, b1, 0, ref carry);
        var r2 = Wide.MultiplyAddCarry(x, b2, 0, ref carry);
        var r3 = (x * b.U3) + carry;
        x = a.U1;
        carry = 0;
        r1 = Wide.MultiplyAddCarry(x, b0, r1, ref carry);
        r2 = Wide.MultiplyAddCarry(x, b1, r2, ref carry);
        r3 += (x * b2) + carry;
        x = a.U2;
        carry = 0;
        r2 = Wide.MultiplyAddCarry(x, b0, r2, ref carry);
        r3 += (x * b1) + carry + (a.U3 * b0);
        return new UInt256(r0, r1, r2, r3);
    }

    /// <summary>The product; returns whether it was 2^256 or more.</summary>
    public static bool MultiplyOverflow(in UInt256 a, in UInt256 b, out UInt256 product)
    {
        MultiplyWide(in a, in b, out product, out var high);
        return !high.IsZero;
    }

    /// <summary>The full 512-bit product in two words.</summary>
    public static void MultiplyWide(in UInt256 a, in UInt256 b, out UInt256 low, out UInt256 high)
    {
        ulong b0 = b.U0, b1 = b.U1, b2 = b.U2, b3 = b.U3;
        ulong x0 = a.U0, x1 = a.U1, x2 = a.U2, x3 = a.U3;
        ulong r4 = 0, r5 = 0, r6 = 0, r7 = 0;
        var r0 = Wide.MultiplyAddCarry(x0, b0, 0, ref r4);
        var r1 = Wide.MultiplyAddCarry(x0, b1, 0, ref r4);
        var r2 = Wide.MultiplyAddCarry(x0, b2, 0, ref r4);
        var r3 = Wide.MultiplyAddCarry(x0, b3, 0, ref r4);
        r1 = Wide.MultiplyAddCarry(x1, b0, r1, ref r5);
        r2 = Wide.MultiplyAddCarry(x1, b1, r2, ref r5);
        r3 = Wide.MultiplyAddCarry(x1, b2, r3, ref r5);
        r4 = Wide.MultiplyAddCarry(x1, b3, r4, ref r5);
        r2 = Wide.MultiplyAddCarry(x2, b0, r2, ref r6);
        r3 = Wide.MultiplyAddCarry(x2, b1, r3, ref r6);
        r4 = Wide.MultiplyAddCarry(x2, b2, r4, ref r6);
        r5 = Wide.MultiplyAddCarry(x2, b3, r5, ref r6);
        r3 = Wide.MultiplyAddCarry(x3, b0, r3, ref r7);
        r4 = Wide.MultiplyAddCarry(x3, b1, r4, ref r7);
        r5 = Wide.MultiplyAddCarry(x3, b2, r5, ref r7);
        r6 = Wide.MultiplyAddCarry(x3, b3, r6, ref r7);
        low = new UInt256(r0, r1, r2, r3);
        high = new UInt256(r4, r5, r6, r7);
    }

    /// <summary>The full 512-bit product: eight limbs, least significant first.</summary>
    public static void MultiplyWide(in UInt256 a, in UInt256 b, Span<ulong> product)
    {
        var words = MemoryMarshal.Cast<ulong, UInt256>(product[..8]);
        MultiplyWide(in a, in b, out words[0], out words[1]);
    }

    /// <summary>ADDMOD: (a + b) mod m without wrapping in between; zero for m = 0.</summary>
    public static UInt256 AddMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        if (m.IsZero)
        {
            return Zero;
        }
        var x = LessThan(in a, in m) ? a : a % m;
        var y = LessThan(in b, in m) ? b : b % m;
        return AddOverflow(in x, in y, out var sum) || !LessThan(in sum, in m) ? sum - m : sum;
    }

    /// <summary>MULMOD: (a * b) mod m with the full product in between; zero for m = 0.</summary>
    public static UInt256 MulMod(in UInt256 a, in UInt256 b, in UInt256 m)
    {
        if (m.FitsUInt64)
        {
            return m.IsZero ? Zero : new UInt256(MulModLimb(in a, in b, m.U0));
        }
        MultiplyWide(in a, in b, out var low, out var high);
        return high.IsZero ? low % m : RemainderWide(in low, in high, in m);
    }

    private static ulong MulModLimb(in UInt256 a, in UInt256 b, ulong m)
    {
        ulong x = RemainderLimb(in a, m), y = RemainderLimb(in b, m);
        DivideTwoLimbs(Wide.MultiplyHigh(x, y), x * y, m, out var remainder);
        return remainder;
    }

    /// <summary>EXP: a to the power of the exponent modulo 2^256, by squaring from the highest bit.</summary>
    public static UInt256 Exp(in UInt256 a, in UInt256 exponent)
    {
        if (exponent.IsZero)
        {
            return One;
        }
        if ((a.U0 & 1) == 0 && !(exponent.FitsUInt64 && exponent.U0 < 256))
        {
            return Zero;
        }
        // Powers of two are what compilers emit.
        if (a.FitsUInt64 && BitOperations.IsPow2(a.U0))
        {
            return a.U0 == 1 ? One : One << (int)(exponent.U0 * (ulong)BitOperations.TrailingZeroCount(a.U0));
        }
        var result = a;
        for (var bit = exponent.BitLength - 2; bit >= 0; bit--)
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
