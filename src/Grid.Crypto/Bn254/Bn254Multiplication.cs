using System.Numerics;
using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// k P on the curve over the base field. The scalar is halved by the endomorphism (x, y) -> (beta x, y), which is a multiplication by
/// lambda (Gallant, Lambert, Vanstone, "Faster point multiplication on elliptic curves with efficient endomorphisms", 2001; Guide to
/// Elliptic Curve Cryptography, algorithms 3.74 and 3.77), and both halves run in one ladder with signed windows (3.35, 3.51).
/// </summary>
internal static class Bn254Multiplication
{
    private const int Window = 5;
    private const int Entries = 1 << (Window - 2);

    /// <summary>Digits of a half: 128 bits and a carry.</summary>
    private const int Digits = 130;

    /// <summary>The number of points of the curve, r = 36u^4 + 36u^3 + 18u^2 + 6u + 1: a prime.</summary>
    public static readonly UInt256 Order = new(0x43E1F593F0000001, 0x2833E84879B97091, 0xB85045B68181585D, 0x30644E72E131A029);

    /// <summary>A cube root of one modulo r, and the one modulo p that belongs to it.</summary>
    internal static readonly UInt256 Lambda = new(0x8B17EA66B99C90DD, 0x5BFC41088D8DAAA7, 0xB3C4D79D41A91758, 0);

    internal static readonly Bn254Field Beta = Bn254Field.FromUInt256(new UInt256(0x5763473177FFFFFE, 0xD4F263F1ACDB5C4F, 0x59E26BCEA0D48BAC, 0));

    // The short vectors (a1, b1), (a2, b2) of the lattice of (x, y) with x + y lambda = 0 mod r are (2u + 1, -(6u^2 + 2u)) and
    // (6u^2 + 4u + 1, 2u + 1).
    private static readonly UInt256 U = 4965661367192848881;
    private static readonly UInt256 A1 = (U * 2) + 1;
    private static readonly UInt256 MinusB1 = (U * U * 6) + (U * 2);
    private static readonly UInt256 A2 = (U * U * 6) + (U * 4) + 1;

    // 2^256 b2 / r and 2^256 (-b1) / r: products with them replace divisions by r.
    private static readonly UInt256 G1 = Ratio(in A1);
    private static readonly UInt256 G2 = Ratio(in MinusB1);

    public static Bn254Jacobian<Bn254Field> Multiply(in UInt256 scalar, in Bn254Affine<Bn254Field> p)
    {
        // Every point has the prime order r.
        var k = scalar < Order ? scalar : scalar % Order;
        if (k.FitsUInt64 && k.U0 <= 2)
        {
            // The table of the general case starts with 2P.
            var point = new Bn254Jacobian<Bn254Field>(in p);
            return k.U0 switch { 0 => Bn254Jacobian<Bn254Field>.Infinity, 1 => point, _ => point.Double() };
        }
        return MultiplyLarge(in k, in p);
    }

    [SkipLocalsInit]
    private static Bn254Jacobian<Bn254Field> MultiplyLarge(in UInt256 k, in Bn254Affine<Bn254Field> p)
    {
        Span<short> digits = stackalloc short[2 * Digits];
        digits.Clear();
        Split(in k, out var first, out var second);
        var top = Math.Max(SignedWindow.RecodeSigned(in first, Window, digits), SignedWindow.RecodeSigned(in second, Window, digits[Digits..]));
        Span<Bn254Affine<Bn254Field>> points = stackalloc Bn254Affine<Bn254Field>[2 * Entries];
        FillOddMultiples(in p, points[..Entries]);
        for (var i = 0; i < Entries; i++)
        {
            points[Entries + i] = new(points[i].X * Beta, in points[i].Y);
        }
        var sum = Bn254Jacobian<Bn254Field>.Infinity;
        for (var i = top; i >= 0; i--)
        {
            sum = sum.Double();
            AddMultiple(ref sum, points[..Entries], digits[i]);
            AddMultiple(ref sum, points[Entries..], digits[Digits + i]);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddMultiple(ref Bn254Jacobian<Bn254Field> sum, ReadOnlySpan<Bn254Affine<Bn254Field>> oddMultiples, int digit)
    {
        if (digit > 0)
        {
            sum = sum.Add(in oddMultiples[digit >> 1]);
        }
        else if (digit < 0)
        {
            sum = sum.Add(oddMultiples[-digit >> 1].Negated);
        }
    }

    /// <summary>k = first + lambda second mod r, for a k below r; both halves in two's complement and below 2^128 in absolute value.</summary>
    internal static void Split(in UInt256 k, out UInt256 first, out UInt256 second)
    {
        var c1 = MultiplyAndRound(in k, in G1);
        var c2 = MultiplyAndRound(in k, in G2);
        first = k - (c1 * A1) - (c2 * A2);
        second = (c1 * MinusB1) - (c2 * A1);
    }

    private static UInt256 MultiplyAndRound(in UInt256 a, in UInt256 b)
    {
        UInt256.MultiplyWide(in a, in b, out var low, out var high);
        return high + (low.U3 >> 63);
    }

    private static UInt256 Ratio(in UInt256 numerator) => (UInt256)(((BigInteger)numerator << 256) / (BigInteger)Order);

    /// <summary>P, 3P, 5P ... in affine form, with one inversion (Montgomery's trick).</summary>
    [SkipLocalsInit]
    private static void FillOddMultiples(in Bn254Affine<Bn254Field> p, Span<Bn254Affine<Bn254Field>> multiples)
    {
        Span<Bn254Jacobian<Bn254Field>> sums = stackalloc Bn254Jacobian<Bn254Field>[Entries];
        Span<Bn254Field> products = stackalloc Bn254Field[Entries];
        sums[0] = new Bn254Jacobian<Bn254Field>(in p);
        products[0] = Bn254Field.One;
        var twice = sums[0].Double();
        for (var i = 1; i < sums.Length; i++)
        {
            sums[i] = sums[i - 1].Add(in twice);
            products[i] = products[i - 1] * sums[i].Z;
        }
        var inverse = Bn254Field.Invert(in products[sums.Length - 1]);
        for (var i = sums.Length - 1; i > 0; i--)
        {
            multiples[i] = sums[i].ToAffine(inverse * products[i - 1]);
            inverse *= sums[i].Z;
        }
        multiples[0] = p;
    }
}
