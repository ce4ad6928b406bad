using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Grid.Primitives;

public readonly partial struct UInt256
{
    /// <summary>DIV: the quotient, zero for b = 0.</summary>
    public static UInt256 operator /(in UInt256 a, in UInt256 b)
    {
        if (a.FitsUInt64 && b.FitsUInt64)
        {
            return b.U0 == 0 ? Zero : new UInt256(a.U0 / b.U0);
        }
        DivRem(in a, in b, out var quotient, out _);
        return quotient;
    }

    /// <summary>MOD: the remainder, zero for b = 0.</summary>
    public static UInt256 operator %(in UInt256 a, in UInt256 b)
    {
        if (a.FitsUInt64 && b.FitsUInt64)
        {
            return b.U0 == 0 ? Zero : new UInt256(a.U0 % b.U0);
        }
        DivRem(in a, in b, out _, out var remainder);
        return remainder;
    }

    /// <summary>Quotient and remainder; both zero for b = 0, as the EVM defines division by zero.</summary>
    public static void DivRem(in UInt256 a, in UInt256 b, out UInt256 quotient, out UInt256 remainder)
    {
        if (b.FitsUInt64)
        {
            DivideByLimb(in a, b.U0, out quotient, out remainder);
        }
        else if (LessThan(in a, in b))
        {
            (quotient, remainder) = (Zero, a);
        }
        else if (b.U3 != 0)
        {
            DivideByFour(in a, in b, out quotient, out remainder);
        }
        else if (b.U2 != 0)
        {
            DivideByThree(in a, in b, out quotient, out remainder);
        }
        else
        {
            DivideByTwo(in a, in b, out quotient, out remainder);
        }
    }

    /// <summary>SDIV: two's complement division that truncates; zero for b = 0, and MIN / -1 = MIN.</summary>
    public static UInt256 SignedDivide(in UInt256 a, in UInt256 b)
    {
        var quotient = (a.IsNegative ? -a : a) / (b.IsNegative ? -b : b);
        return a.IsNegative != b.IsNegative ? -quotient : quotient;
    }

    /// <summary>SMOD: the remainder with the sign of the dividend; zero for b = 0.</summary>
    public static UInt256 SignedRemainder(in UInt256 a, in UInt256 b)
    {
        var remainder = (a.IsNegative ? -a : a) % (b.IsNegative ? -b : b);
        return a.IsNegative ? -remainder : remainder;
    }

    private static void DivideByLimb(in UInt256 a, ulong divisor, out UInt256 quotient, out UInt256 remainder)
    {
        if (divisor == 0)
        {
            quotient = remainder = Zero;
            return;
        }
        ulong rest = 0, q3 = 0, q2 = 0, q1 = 0;
        if (!a.FitsUInt64)
        {
            if ((a.U2 | a.U3) != 0)
            {
                q3 = DivideTwoLimbs(0, a.U3, divisor, out rest);
                q2 = DivideTwoLimbs(rest, a.U2, divisor, out rest);
            }
            q1 = DivideTwoLimbs(rest, a.U1, divisor, out rest);
        }
        var q0 = DivideTwoLimbs(rest, a.U0, divisor, out rest);
        quotient = new UInt256(q0, q1, q2, q3);
        remainder = new UInt256(rest);
    }

    /// <summary>a mod a limb that is not zero.</summary>
    private static ulong RemainderLimb(in UInt256 a, ulong divisor)
    {
        if (a.FitsUInt64)
        {
            return a.U0 < divisor ? a.U0 : a.U0 % divisor;
        }
        DivideByLimb(in a, divisor, out _, out var remainder);
        return remainder.U0;
    }

    /// <summary>Divides high:low by a divisor greater than high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DivideTwoLimbs(ulong high, ulong low, ulong divisor, out ulong remainder)
    {
        if (high == 0)
        {
            (var small, remainder) = Math.DivRem(low, divisor);
            return small;
        }
#pragma warning disable SYSLIB5004 // X86Base.DivRem: the hardware's 128 by 64 bit division, which is what the algorithm is made of.
        if (X86Base.X64.IsSupported)
        {
            (var quotient, remainder) = X86Base.X64.DivRem(low, high, divisor);
            return quotient;
        }
#pragma warning restore SYSLIB5004
        var wide = new UInt128(high, low);
        var q = (ulong)(wide / divisor);
        remainder = low - (q * divisor);
        return q;
    }
}
