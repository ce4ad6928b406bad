using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Grid.Primitives;

public readonly partial struct UInt256
{
    /// <summary>DIV: the quotient, zero for b = 0.</summary>
    public static UInt256 operator /(in UInt256 a, in UInt256 b)
    {
        DivRem(in a, in b, out var quotient, out _);
        return quotient;
    }

    /// <summary>MOD: the remainder, zero for b = 0.</summary>
    public static UInt256 operator %(in UInt256 a, in UInt256 b)
    {
        DivRem(in a, in b, out _, out var remainder);
        return remainder;
    }

    /// <summary>Quotient and remainder; both zero for b = 0, as the EVM defines division by zero.</summary>
    public static void DivRem(in UInt256 a, in UInt256 b, out UInt256 quotient, out UInt256 remainder)
    {
        if (b.IsZero)
        {
            quotient = remainder = Zero;
            return;
        }
        if (LessThan(in a, in b))
        {
            (quotient, remainder) = (Zero, a);
            return;
        }
        if (a.FitsUInt64)
        {
            (quotient, remainder) = (a.U0 / b.U0, a.U0 % b.U0);
            return;
        }
        ReadOnlySpan<ulong> limbs = [a.U0, a.U1, a.U2, a.U3];
        Span<ulong> q = stackalloc ulong[4];
        remainder = DivideLimbs(limbs, in b, q);
        quotient = new UInt256(q[0], q[1], q[2], q[3]);
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

    /// <summary>
    /// Divides up to eight limbs by a non-zero word (Knuth, TAOCP 2, algorithm 4.3.1 D, in base 2^64) and returns the
    /// remainder. <paramref name="quotient"/> has as many limbs as <paramref name="dividend"/>.
    /// </summary>
    private static UInt256 DivideLimbs(ReadOnlySpan<ulong> dividend, in UInt256 divisor, Span<ulong> quotient)
    {
        quotient.Clear();
        var m = dividend.Length;
        while (m > 0 && dividend[m - 1] == 0)
        {
            m--;
        }
        var n = divisor.U3 != 0 ? 4 : divisor.U2 != 0 ? 3 : divisor.U1 != 0 ? 2 : 1;
        if (m < n)
        {
            return new UInt256(m > 0 ? dividend[0] : 0, m > 1 ? dividend[1] : 0, m > 2 ? dividend[2] : 0, 0);
        }
        ref var d = ref Unsafe.AsRef(in divisor.U0);
        if (n == 1)
        {
            ulong rest = 0;
            for (var i = m - 1; i >= 0; i--)
            {
                quotient[i] = DivideTwoLimbs(rest, dividend[i], d, out rest);
            }
            return new UInt256(rest);
        }
        // D1: normalize, so that the divisor's top bit is set.
        var shift = BitOperations.LeadingZeroCount(Unsafe.Add(ref d, n - 1));
        Span<ulong> v = stackalloc ulong[4];
        Span<ulong> u = stackalloc ulong[9];
        for (var i = n - 1; i > 0; i--)
        {
            v[i] = (Unsafe.Add(ref d, i) << shift) | (Unsafe.Add(ref d, i - 1) >> 1 >> (63 - shift));
        }
        v[0] = d << shift;
        u[m] = dividend[m - 1] >> 1 >> (63 - shift);
        for (var i = m - 1; i > 0; i--)
        {
            u[i] = (dividend[i] << shift) | (dividend[i - 1] >> 1 >> (63 - shift));
        }
        u[0] = dividend[0] << shift;
        for (var j = m - n; j >= 0; j--)
        {
            quotient[j] = DivideStep(u.Slice(j, n + 1), v[..n]);
        }
        // D8: unnormalize.
        Span<ulong> r = stackalloc ulong[4];
        r.Clear();
        for (var i = 0; i < n; i++)
        {
            r[i] = (u[i] >> shift) | (u[i + 1] << 1 << (63 - shift));
        }
        return new UInt256(r[0], r[1], r[2], r[3]);
    }

    /// <summary>Steps D3 to D6: one quotient digit, subtracting its multiple of v from u in place.</summary>
    private static ulong DivideStep(Span<ulong> u, ReadOnlySpan<ulong> v)
    {
        var n = v.Length;
        ulong top = v[n - 1], next = v[n - 2];
        ulong digit, rest;
        if (u[n] >= top)
        {
            digit = ulong.MaxValue;
            rest = u[n - 1] + top;
            // The estimate is exact enough once the remainder no longer fits a limb.
            if (rest < top)
            {
                goto subtract;
            }
        }
        else
        {
            digit = DivideTwoLimbs(u[n], u[n - 1], top, out rest);
        }
        while (true)
        {
            var high = Math.BigMul(digit, next, out ulong low);
            if (high < rest || (high == rest && low <= u[n - 2]))
            {
                break;
            }
            digit--;
            rest += top;
            if (rest < top)
            {
                break;
            }
        }
    subtract:
        ulong borrow = 0, carry = 0;
        for (var i = 0; i < n; i++)
        {
            var product = ((UInt128)digit * v[i]) + carry;
            carry = (ulong)(product >> 64);
            u[i] = SubtractBorrow(u[i], (ulong)product, ref borrow);
        }
        u[n] = SubtractBorrow(u[n], carry, ref borrow);
        if (borrow == 0)
        {
            return digit;
        }
        // D6: one too many.
        carry = 0;
        for (var i = 0; i < n; i++)
        {
            u[i] = AddCarry(u[i], v[i], ref carry);
        }
        u[n] += carry;
        return digit - 1;
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
