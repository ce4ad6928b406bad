using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// a G + b P. Both scalars are halved by the endomorphism (Gallant, Lambert, Vanstone 2001; Guide to Elliptic Curve
/// Cryptography, algorithms 3.74 and 3.77), and the four halves run in one interleaved ladder of 128 doublings with signed
/// windows (wNAF, algorithm 3.35, 3.51): wide ones for the fixed G, narrow ones for P.
/// </summary>
internal static class Secp256k1Multiplication
{
    private const int GeneratorWindow = 10;
    private const int PointWindow = 5;
    private const int GeneratorEntries = 1 << (GeneratorWindow - 2);
    private const int PointEntries = 1 << (PointWindow - 2);

    /// <summary>Digits of a half: 128 bits and a carry.</summary>
    private const int Digits = 130;

    /// <summary>A cube root of one in the field, belonging to the scalar lambda.</summary>
    public static readonly Secp256k1Field Beta = new(new UInt256(0xC1396C28719501EE, 0x9CF0497512F58995, 0x6E64479EAC3434E9, 0x7AE96A2B657C0710));

    public static readonly Secp256k1Affine Generator = new(
        new(new UInt256(0x59F2815B16F81798, 0x029BFCDB2DCE28D9, 0x55A06295CE870B07, 0x79BE667EF9DCBBAC)),
        new(new UInt256(0x9C47D08FFB10D4B8, 0xFD17B448A6855419, 0x5DA4FBFC0E1108A8, 0x483ADA7726A3C465)));

    // The short vectors (a1, b1), (a2, b2) of the lattice of (x, y) with x + y lambda = 0 mod n; b1 is negative and b2 = a1.
    private static readonly UInt256 A1 = new(0xE86C90E49284EB15, 0x3086D221A7D46BCD, 0, 0);
    private static readonly UInt256 MinusB1 = new(0x6F547FA90ABFE4C3, 0xE4437ED6010E8828, 0, 0);
    private static readonly UInt256 A2 = new(0x57C1108D9D44CFD8, 0x14CA50F7A8E2F3F6, 1, 0);

    // 2^384 b2 / n and 2^384 (-b1) / n, rounded: products with them replace divisions by n.
    private static readonly UInt256 G1 = new(0xE893209A45DBB031, 0x3DAA8A1471E8CA7F, 0xE86C90E49284EB15, 0x3086D221A7D46BCD);
    private static readonly UInt256 G2 = new(0x1571B4AE8AC47F71, 0x221208AC9DF506C6, 0x6F547FA90ABFE4C4, 0xE4437ED6010E8828);

    // Odd multiples of G and of lambda G: 2 x 256 points, 40 KB.
    private static readonly Secp256k1Affine[] GeneratorTable = OddMultiples(in Generator, GeneratorEntries);
    private static readonly Secp256k1Affine[] LambdaGeneratorTable = TimesLambda(GeneratorTable);

    [SkipLocalsInit]
    public static Secp256k1Jacobian MultiplyAdd(in UInt256 a, in UInt256 b, in Secp256k1Affine p)
    {
        Span<short> digits = stackalloc short[4 * Digits];
        digits.Clear();
        Split(in a, out var a1, out var a2);
        Split(in b, out var b1, out var b2);
        var top = Math.Max(SignedWindow.RecodeSigned(in a1, GeneratorWindow, digits), SignedWindow.RecodeSigned(in a2, GeneratorWindow, digits[Digits..]));
        Span<Secp256k1Affine> points = stackalloc Secp256k1Affine[2 * PointEntries];
        if (!b.IsZero)
        {
            top = Math.Max(top, Math.Max(SignedWindow.RecodeSigned(in b1, PointWindow, digits[(2 * Digits)..]), SignedWindow.RecodeSigned(in b2, PointWindow, digits[(3 * Digits)..])));
            FillOddMultiples(in p, points[..PointEntries]);
            for (var i = 0; i < PointEntries; i++)
            {
                points[PointEntries + i] = points[i].TimesLambda;
            }
        }
        var sum = Secp256k1Jacobian.Infinity;
        for (var i = top; i >= 0; i--)
        {
            sum = sum.Double();
            AddMultiple(ref sum, GeneratorTable, digits[i]);
            AddMultiple(ref sum, LambdaGeneratorTable, digits[Digits + i]);
            AddMultiple(ref sum, points[..PointEntries], digits[(2 * Digits) + i]);
            AddMultiple(ref sum, points[PointEntries..], digits[(3 * Digits) + i]);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddMultiple(ref Secp256k1Jacobian sum, ReadOnlySpan<Secp256k1Affine> oddMultiples, int digit)
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

    /// <summary>k = first + lambda second mod n; both halves in two's complement and below 2^128 in absolute value.</summary>
    internal static void Split(in UInt256 k, out UInt256 first, out UInt256 second)
    {
        var c1 = MultiplyAndShift384(in k, in G1);
        var c2 = MultiplyAndShift384(in k, in G2);
        first = k - (c1 * A1) - (c2 * A2);
        second = (c1 * MinusB1) - (c2 * A1);
    }

    private static UInt256 MultiplyAndShift384(in UInt256 a, in UInt256 b)
    {
        Span<ulong> product = stackalloc ulong[8];
        UInt256.MultiplyWide(in a, in b, product);
        return new UInt256(product[6], product[7], 0, 0) + (product[5] >> 63);
    }

    private static Secp256k1Affine[] OddMultiples(in Secp256k1Affine p, int count)
    {
        var multiples = new Secp256k1Affine[count];
        FillOddMultiples(in p, multiples);
        return multiples;
    }

    private static Secp256k1Affine[] TimesLambda(Secp256k1Affine[] points) => Array.ConvertAll(points, point => point.TimesLambda);

    /// <summary>P, 3P, 5P ... in affine form, with one inversion for 2P and one for the rest (Montgomery's trick).</summary>
    [SkipLocalsInit]
    private static void FillOddMultiples(in Secp256k1Affine p, Span<Secp256k1Affine> multiples)
    {
        var twice = new Secp256k1Jacobian(in p).Double().ToAffine();
        Span<Secp256k1Jacobian> sums = stackalloc Secp256k1Jacobian[GeneratorEntries];
        sums = sums[..multiples.Length];
        Span<Secp256k1Field> products = stackalloc Secp256k1Field[GeneratorEntries];
        sums[0] = new Secp256k1Jacobian(in p);
        products[0] = Secp256k1Field.One;
        for (var i = 1; i < sums.Length; i++)
        {
            sums[i] = sums[i - 1].Add(in twice);
            products[i] = products[i - 1] * sums[i].Z;
        }
        var inverse = Secp256k1Field.Invert(in products[sums.Length - 1]);
        for (var i = sums.Length - 1; i > 0; i--)
        {
            multiples[i] = sums[i].ToAffine(inverse * products[i - 1]);
            inverse *= sums[i].Z;
        }
        multiples[0] = p;
    }
}
