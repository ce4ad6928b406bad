using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

// Montgomery's products a b / R for odd moduli m of one to four limbs, R = 2^64 to the number of limbs (Koc, Acar, Kaliski, "Analyzing and
// comparing Montgomery multiplication algorithms", 1996: CIOS), unrolled, the numbers in registers. Elements are below m.

/// <summary>One limb: so short that a run of squares is the latency of its instructions.</summary>
internal readonly unsafe struct MontgomeryOne(ulong* modulus) : IModularRing
{
    private readonly ulong _m = modulus[0], _inverse = Limbs.InvertOdd(modulus[0]);

    public int Length => 1;

    public void Multiply(ulong* x, ulong* y) => *x = Product(*x, *y, _m, _inverse);

    public void Square(ulong* x, int times)
    {
        ulong power = *x, m = _m, inverse = _inverse;
        for (; times > 0; times--)
        {
            power = Product(power, power, m, inverse);
        }
        *x = power;
    }

    /// <summary>With the inverse's sign turned round the lower halves cancel, and nothing is carried.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Product(ulong a, ulong b, ulong m, ulong inverse)
    {
        var high = Wide.MultiplyHigh(a, b);
        var fold = Wide.MultiplyHigh(a * b * inverse, m);
        return high - fold + (high < fold ? m : 0);
    }
}

internal readonly unsafe struct MontgomeryTwo(ulong* modulus) : IModularRing
{
    private readonly ulong _m0 = modulus[0], _m1 = modulus[1], _factor = 0 - Limbs.InvertOdd(modulus[0]);

    public int Length => 2;

    public void Multiply(ulong* x, ulong* y)
    {
        ulong x0 = x[0], x1 = x[1];
        Multiply(ref x0, ref x1, y[0], y[1]);
        (x[0], x[1]) = (x0, x1);
    }

    public void Square(ulong* x, int times)
    {
        ulong x0 = x[0], x1 = x[1];
        for (; times > 0; times--)
        {
            Multiply(ref x0, ref x1, x0, x1);
        }
        (x[0], x[1]) = (x0, x1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Multiply(ref ulong x0, ref ulong x1, ulong y0, ulong y1)
    {
        ulong t0 = 0, t1 = 0, t2 = 0;
        Row(x0, x1, y0, ref t0, ref t1, ref t2);
        Row(x0, x1, y1, ref t0, ref t1, ref t2);
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(t0, _m0, ref borrow);
        var d1 = Wide.SubtractBorrow(t1, _m1, ref borrow);
        (x0, x1) = t2 < borrow ? (t0, t1) : (d0, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Row(ulong x0, ulong x1, ulong y, ref ulong t0, ref ulong t1, ref ulong t2)
    {
        ulong carry = 0, fold = 0;
        t0 = Wide.MultiplyAddCarry(x0, y, t0, ref carry);
        t1 = Wide.MultiplyAddCarry(x1, y, t1, ref carry);
        ulong top = 0, t = Wide.AddCarry(t2, carry, ref top);
        var q = t0 * _factor;
        Wide.MultiplyAddCarry(q, _m0, t0, ref fold);
        t0 = Wide.MultiplyAddCarry(q, _m1, t1, ref fold);
        ulong last = 0;
        t1 = Wide.AddCarry(t, fold, ref last);
        t2 = top + last;
    }
}

internal readonly unsafe struct MontgomeryThree(ulong* modulus) : IModularRing
{
    private readonly ulong _m0 = modulus[0], _m1 = modulus[1], _m2 = modulus[2], _factor = 0 - Limbs.InvertOdd(modulus[0]);

    public int Length => 3;

    public void Square(ulong* x, int times)
    {
        for (; times > 0; times--)
        {
            Multiply(x, x);
        }
    }

    // On its own, or it would be more than the JIT compiler is willing to inline into.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Multiply(ulong* x, ulong* y)
    {
        ulong x0 = x[0], x1 = x[1], x2 = x[2], t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        Row(x0, x1, x2, y[0], ref t0, ref t1, ref t2, ref t3);
        Row(x0, x1, x2, y[1], ref t0, ref t1, ref t2, ref t3);
        Row(x0, x1, x2, y[2], ref t0, ref t1, ref t2, ref t3);
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(t0, _m0, ref borrow);
        var d1 = Wide.SubtractBorrow(t1, _m1, ref borrow);
        var d2 = Wide.SubtractBorrow(t2, _m2, ref borrow);
        (x[0], x[1], x[2]) = t3 < borrow ? (t0, t1, t2) : (d0, d1, d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Row(ulong x0, ulong x1, ulong x2, ulong y, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong carry = 0, fold = 0, top = 0, last = 0;
        t0 = Wide.MultiplyAddCarry(x0, y, t0, ref carry);
        t1 = Wide.MultiplyAddCarry(x1, y, t1, ref carry);
        t2 = Wide.MultiplyAddCarry(x2, y, t2, ref carry);
        var t = Wide.AddCarry(t3, carry, ref top);
        var q = t0 * _factor;
        Wide.MultiplyAddCarry(q, _m0, t0, ref fold);
        t0 = Wide.MultiplyAddCarry(q, _m1, t1, ref fold);
        t1 = Wide.MultiplyAddCarry(q, _m2, t2, ref fold);
        t2 = Wide.AddCarry(t, fold, ref last);
        t3 = top + last;
    }
}

internal readonly unsafe struct MontgomeryFour(ulong* modulus) : IModularRing
{
    private readonly ulong _m0 = modulus[0], _m1 = modulus[1], _m2 = modulus[2], _m3 = modulus[3], _factor = 0 - Limbs.InvertOdd(modulus[0]);

    public int Length => 4;

    public void Square(ulong* x, int times)
    {
        for (; times > 0; times--)
        {
            Multiply(x, x);
        }
    }

    // On its own, or it would be more than the JIT compiler is willing to inline into.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Multiply(ulong* x, ulong* y)
    {
        ulong x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3], t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
        Row(x0, x1, x2, x3, y[0], ref t0, ref t1, ref t2, ref t3, ref t4);
        Row(x0, x1, x2, x3, y[1], ref t0, ref t1, ref t2, ref t3, ref t4);
        Row(x0, x1, x2, x3, y[2], ref t0, ref t1, ref t2, ref t3, ref t4);
        Row(x0, x1, x2, x3, y[3], ref t0, ref t1, ref t2, ref t3, ref t4);
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(t0, _m0, ref borrow);
        var d1 = Wide.SubtractBorrow(t1, _m1, ref borrow);
        var d2 = Wide.SubtractBorrow(t2, _m2, ref borrow);
        var d3 = Wide.SubtractBorrow(t3, _m3, ref borrow);
        (x[0], x[1], x[2], x[3]) = t4 < borrow ? (t0, t1, t2, t3) : (d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Row(ulong x0, ulong x1, ulong x2, ulong x3, ulong y, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4)
    {
        ulong carry = 0, fold = 0, top = 0, last = 0;
        t0 = Wide.MultiplyAddCarry(x0, y, t0, ref carry);
        t1 = Wide.MultiplyAddCarry(x1, y, t1, ref carry);
        t2 = Wide.MultiplyAddCarry(x2, y, t2, ref carry);
        t3 = Wide.MultiplyAddCarry(x3, y, t3, ref carry);
        var t = Wide.AddCarry(t4, carry, ref top);
        var q = t0 * _factor;
        Wide.MultiplyAddCarry(q, _m0, t0, ref fold);
        t0 = Wide.MultiplyAddCarry(q, _m1, t1, ref fold);
        t1 = Wide.MultiplyAddCarry(q, _m2, t2, ref fold);
        t2 = Wide.MultiplyAddCarry(q, _m3, t3, ref fold);
        t3 = Wide.AddCarry(t, fold, ref last);
        t4 = top + last;
    }
}
