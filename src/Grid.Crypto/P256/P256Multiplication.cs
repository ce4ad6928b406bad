using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// a G + b P in one interleaved ladder with signed windows (Guide to Elliptic Curve Cryptography, algorithms 3.35 and 3.51): wide ones
/// for the fixed G, narrow ones for P.
/// </summary>
internal static class P256Multiplication
{
    private const int GeneratorWindow = 10;
    private const int PointWindow = 5;
    private const int GeneratorEntries = 1 << (GeneratorWindow - 2);
    private const int PointEntries = 1 << (PointWindow - 2);

    /// <summary>Digits of a scalar: 256 bits and a carry.</summary>
    private const int Digits = 257;

    public static readonly P256Affine Generator = new(
        new(new UInt256(0xF4A13945D898C296, 0x77037D812DEB33A0, 0xF8BCE6E563A440F2, 0x6B17D1F2E12C4247)),
        new(new UInt256(0xCBB6406837BF51F5, 0x2BCE33576B315ECE, 0x8EE7EB4A7C0F9E16, 0x4FE342E2FE1A7F9B)));

    // Odd multiples of G: 16 KB.
    private static readonly P256Affine[] GeneratorTable = MakeGeneratorTable();

    /// <summary>For scalars below the order of the group.</summary>
    [SkipLocalsInit]
    public static P256Jacobian MultiplyAdd(in UInt256 a, in UInt256 b, in P256Affine p)
    {
        Span<short> digits = stackalloc short[2 * Digits];
        digits.Clear();
        var top = Math.Max(SignedWindow.Recode(a, GeneratorWindow, digits), SignedWindow.Recode(b, PointWindow, digits[Digits..]));
        Span<P256Affine> points = stackalloc P256Affine[PointEntries];
        FillOddMultiples(in p, points);
        var sum = P256Jacobian.Infinity;
        for (var i = top; i >= 0; i--)
        {
            sum = sum.Double();
            AddMultiple(ref sum, GeneratorTable, digits[i]);
            AddMultiple(ref sum, points, digits[Digits + i]);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddMultiple(ref P256Jacobian sum, ReadOnlySpan<P256Affine> oddMultiples, int digit)
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

    private static P256Affine[] MakeGeneratorTable()
    {
        var table = new P256Affine[GeneratorEntries];
        FillOddMultiples(in Generator, table);
        return table;
    }

    /// <summary>P, 3P, 5P ... in affine form, with one inversion for 2P and one for the rest (Montgomery's trick).</summary>
    [SkipLocalsInit]
    private static void FillOddMultiples(in P256Affine p, Span<P256Affine> multiples)
    {
        var twice = new P256Jacobian(in p).Double().ToAffine();
        Span<P256Jacobian> sums = stackalloc P256Jacobian[GeneratorEntries];
        sums = sums[..multiples.Length];
        Span<P256Field> products = stackalloc P256Field[GeneratorEntries];
        sums[0] = new P256Jacobian(in p);
        products[0] = P256Field.One;
        for (var i = 1; i < sums.Length; i++)
        {
            sums[i] = sums[i - 1].Add(in twice);
            products[i] = products[i - 1] * sums[i].Z;
        }
        var inverse = P256Field.Invert(in products[sums.Length - 1]);
        for (var i = sums.Length - 1; i > 0; i--)
        {
            multiples[i] = sums[i].ToAffine(inverse * products[i - 1]);
            inverse *= sums[i].Z;
        }
        multiples[0] = p;
    }
}
