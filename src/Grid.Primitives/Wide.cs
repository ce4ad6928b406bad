using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Grid.Primitives;

/// <summary>Products of limbs and their sums, in registers: what arithmetic on several limbs is made of.</summary>
public static class Wide
{
    /// <summary>
    /// The upper half of a product. Beside a plain multiplication for the lower half this is twice as fast as taking both from
    /// Math.BigMul, which passes the lower one through memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHigh(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    /// <summary>Returns a + b + carry modulo 2^64, and leaves 0 or 1 in the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AddCarry(ulong a, ulong b, ref ulong carry)
    {
        var sum = a + b;
        var first = sum < a ? 1UL : 0UL;
        var result = sum + carry;
        carry = first | (result < sum ? 1UL : 0UL);
        return result;
    }

    /// <summary>Returns a - b - borrow modulo 2^64, and leaves 0 or 1 in the borrow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        var difference = a - b;
        var first = a < b ? 1UL : 0UL;
        var result = difference - borrow;
        borrow = first | (difference < borrow ? 1UL : 0UL);
        return result;
    }

    /// <summary>high:low += a b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(ref ulong low, ref ulong high, ulong a, ulong b)
    {
        var product = a * b;
        low += product;
        high += MultiplyHigh(a, b) + (low < product ? 1UL : 0);
    }

    /// <summary>Returns the lower half of a b + addend + carry, which never exceeds 128 bits, and leaves the upper half in the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAddCarry(ulong a, ulong b, ulong addend, ref ulong carry)
    {
        ulong product = a * b, high = MultiplyHigh(a, b);
        // The carry last: it is what the caller's next step waits for.
        var sum = product + addend;
        high += sum < product ? 1UL : 0;
        var result = sum + carry;
        carry = high + (result < sum ? 1UL : 0);
        return result;
    }

    /// <summary>Returns minuend - a b - borrow modulo 2^64, and leaves in the borrow what the next limb owes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplySubtractBorrow(ulong minuend, ulong a, ulong b, ref ulong borrow)
    {
        ulong product = a * b, high = MultiplyHigh(a, b);
        // The borrow last: it is what the caller's next step waits for.
        var difference = minuend - product;
        high += minuend < product ? 1UL : 0;
        var result = difference - borrow;
        borrow = high + (difference < borrow ? 1UL : 0);
        return result;
    }
}
