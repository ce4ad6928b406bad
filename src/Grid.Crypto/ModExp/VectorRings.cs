using System.Runtime.Intrinsics;

namespace Grid.Crypto;

/// <summary>
/// Montgomery's product a b / R for an odd modulus m in <see cref="Digits"/>, R = 2^27 to the number of digits and above 4m: factors below 2m
/// give a product below 2m, which needs no last subtraction. Four rows are added at once: their lowest four columns, which tell the
/// multiples of m, one by one, the other columns as vectors.
/// </summary>
/// <param name="modulus">Its digits.</param>
/// <param name="sum">Scratch for 4 words more than an element has digits; the last 4 are zero.</param>
internal readonly unsafe struct MontgomeryVector(ulong* modulus, int length, ulong* sum) : IModularRing
{
    private readonly ulong _factor = (0 - Limbs.InvertOdd(modulus[0])) & Digits.Mask;

    public int Length => length;

    public void Square(ulong* x, int times)
    {
        for (; times > 0; times--)
        {
            Multiply(x, x);
        }
    }

    public void Multiply(ulong* x, ulong* y)
    {
        ulong m0 = modulus[0], m1 = modulus[1], m2 = modulus[2], m3 = modulus[3];
        ulong x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
        var factor = _factor;
        Limbs.Clear(sum, length);
        var products = 0;
        for (var i = 0; i < length; i += 4)
        {
            ulong y0 = y[i], y1 = y[i + 1], y2 = y[i + 2], y3 = y[i + 3];
            var t = sum[0] + (x0 * y0);
            var q0 = (t * factor) & Digits.Mask;
            t = sum[1] + (x1 * y0) + (x0 * y1) + (m1 * q0) + ((t + (m0 * q0)) >> Digits.Bits);
            var q1 = (t * factor) & Digits.Mask;
            t = sum[2] + (x2 * y0) + (x1 * y1) + (x0 * y2) + (m2 * q0) + (m1 * q1) + ((t + (m0 * q1)) >> Digits.Bits);
            var q2 = (t * factor) & Digits.Mask;
            t = sum[3] + (x3 * y0) + (x2 * y1) + (x1 * y2) + (x0 * y3) + (m3 * q0) + (m2 * q1) + (m1 * q2) + ((t + (m0 * q2)) >> Digits.Bits);
            var q3 = (t * factor) & Digits.Mask;
            var carry = (t + (m0 * q3)) >> Digits.Bits;
            AddRows(x, Vector256.Create(y0), Vector256.Create(y1), Vector256.Create(y2), Vector256.Create(y3),
                Vector256.Create(q0), Vector256.Create(q1), Vector256.Create(q2), Vector256.Create(q3));
            sum[0] += carry;
            products += 8;
            if (products > Digits.ProductsMax - 8)
            {
                // What leaves the highest digit would make the sum more than it can be.
                Digits.Carry(sum, sum, length);
                products = 0;
            }
        }
        Digits.Carry(sum, x, length);
    }

    /// <summary>sum = (sum + x y + m q) / 2^108, without the lowest four columns.</summary>
    private void AddRows(
        ulong* x, Vector256<ulong> y0, Vector256<ulong> y1, Vector256<ulong> y2, Vector256<ulong> y3,
        Vector256<ulong> q0, Vector256<ulong> q1, Vector256<ulong> q2, Vector256<ulong> q3)
    {
        ulong* target = sum, a = x + 4, m = modulus + 4;
        for (var left = length; left > 0; left -= 4, a += 4, m += 4, target += 4)
        {
            var first = Vector256.Load(target + 4) + Digits.Multiply(a, y0);
            var second = Digits.Multiply(m, q0) + Digits.Multiply(a - 1, y1);
            first += Digits.Multiply(m - 1, q1);
            second += Digits.Multiply(a - 2, y2);
            first += Digits.Multiply(m - 2, q2);
            second += Digits.Multiply(a - 3, y3);
            first += Digits.Multiply(m - 3, q3);
            (first + second).Store(target);
        }
    }
}

/// <summary>Products in <see cref="Digits"/> modulo 2^27 to the number of digits.</summary>
/// <param name="sum">Scratch as long as an element.</param>
internal readonly unsafe struct TruncatedVector(int length, ulong* sum) : IModularRing
{
    public int Length => length;

    public void Square(ulong* x, int times)
    {
        for (; times > 0; times--)
        {
            Multiply(x, x);
        }
    }

    public void Multiply(ulong* x, ulong* y)
    {
        Limbs.Clear(sum, length);
        var products = 0;
        for (var i = 0; i < length; i += 4)
        {
            Vector256<ulong> y0 = Vector256.Create(y[i]), y1 = Vector256.Create(y[i + 1]), y2 = Vector256.Create(y[i + 2]), y3 = Vector256.Create(y[i + 3]);
            var a = x;
            for (var target = sum + i; target < sum + length; target += 4, a += 4)
            {
                var first = Vector256.Load(target) + Digits.Multiply(a, y0);
                var second = Digits.Multiply(a - 1, y1) + Digits.Multiply(a - 2, y2);
                (first + second + Digits.Multiply(a - 3, y3)).Store(target);
            }
            products += 4;
            if (products > Digits.ProductsMax - 4)
            {
                Digits.Carry(sum, sum, length);
                products = 0;
            }
        }
        Digits.Carry(sum, x, length);
    }
}
