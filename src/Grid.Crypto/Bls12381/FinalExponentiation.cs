using System.Runtime.CompilerServices;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// f^(3 (p^12 - 1) / r). The hard part's exponent is (x - 1)^2 (x + p)(x^2 + p^2 - 1) + 3 (Hayashida, Hayasaka, Teruya, "Efficient final
/// exponentiation via cyclotomic structure for pairings over families of elliptic curves", 2020); the factor 3 changes no comparison with 1.
/// </summary>
internal static class FinalExponentiation
{
    /// <summary>(1 + u)^(i (p-1) / 6) for i from 1 to 5: what Frobenius' map multiplies the coefficient of w^i by.</summary>
    private static readonly Fp2[] Frobenius1 =
    [
        Fp2.Parse(
            "0x1904d3bf02bb0667c231beb4202c0d1f0fd603fd3cbd5f4f7b2443d784bab9c4f67ea53d63e7813d8d0775ed92235fb8",
            "0x00fc3e2b36c4e03288e9e902231f9fb854a14787b6c7b36fec0c8ec971f63c5f282d5ac14d6c7ec22cf78a126ddc4af3"),
        Fp2.Parse("0x0", "0x1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b409427eb4f49fffd8bfd00000000aaac"),
        Fp2.Parse(
            "0x06af0e0437ff400b6831e36d6bd17ffe48395dabc2d3435e77f76e17009241c5ee67992f72ec05f4c81084fbede3cc09",
            "0x06af0e0437ff400b6831e36d6bd17ffe48395dabc2d3435e77f76e17009241c5ee67992f72ec05f4c81084fbede3cc09"),
        Fp2.Parse("0x1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b409427eb4f49fffd8bfd00000000aaad", "0x0"),
        Fp2.Parse(
            "0x05b2cfd9013a5fd8df47fa6b48b1e045f39816240c0b8fee8beadf4d8e9c0566c63a3e6e257f87329b18fae980078116",
            "0x144e4211384586c16bd3ad4afa99cc9170df3560e77982d0db45f3536814f0bd5871c1908bd478cd1ee605167ff82995"),
    ];

    /// <summary>(1 + u)^(i (p^2 - 1) / 6) for i from 1 to 5, which are in Fp.</summary>
    private static readonly Fp[] Frobenius2 =
    [
        Fp.Parse("0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffeffff"),
        Fp.Parse("0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffe"),
        Fp.Parse("0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaaa"),
        Fp.Parse("0x1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b409427eb4f49fffd8bfd00000000aaac"),
        Fp.Parse("0x1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b409427eb4f49fffd8bfd00000000aaad"),
    ];

    public static Fp12 Compute(in Fp12 f)
    {
        var t = Fp12.Conjugate(in f) * Fp12.Invert(in f);
        var m = PowerOfP2(in t) * t;
        var a = PowerOfX(in m) * Fp12.Conjugate(in m);
        a = PowerOfX(in a) * Fp12.Conjugate(in a);
        a = PowerOfX(in a) * PowerOfP(in a);
        a = PowerOfX(PowerOfX(in a)) * PowerOfP2(in a) * Fp12.Conjugate(in a);
        return a * CyclotomicSquare(in m) * m;
    }

    /// <summary>a^p.</summary>
    public static Fp12 PowerOfP(in Fp12 a) => new(
        new(Fp2.Conjugate(in a.C0.C0), Fp2.Conjugate(in a.C0.C1) * Frobenius1[1], Fp2.Conjugate(in a.C0.C2) * Frobenius1[3]),
        new(Fp2.Conjugate(in a.C1.C0) * Frobenius1[0], Fp2.Conjugate(in a.C1.C1) * Frobenius1[2], Fp2.Conjugate(in a.C1.C2) * Frobenius1[4]));

    /// <summary>a^(p^2).</summary>
    public static Fp12 PowerOfP2(in Fp12 a) => new(
        new(in a.C0.C0, a.C0.C1 * Frobenius2[1], a.C0.C2 * Frobenius2[3]),
        new(a.C1.C0 * Frobenius2[0], a.C1.C1 * Frobenius2[2], a.C1.C2 * Frobenius2[4]));

    /// <summary>a^x for an a of the cyclotomic subgroup, where conjugates are inverses: x is negative.</summary>
    public static Fp12 PowerOfX(in Fp12 a) => Fp12.Conjugate(CompressedSquares.PowerOfSeed(in a));

    /// <summary>
    /// a a for an a of the cyclotomic subgroup: three squares in Fp4 (Granger, Scott, "Faster squaring in the cyclotomic subgroup of sixth degree
    /// extensions", 2010).
    /// </summary>
    public static Fp12 CyclotomicSquare(in Fp12 a)
    {
        SquareFp4(in a.C0.C0, in a.C1.C1, out var t0, out var t1);
        SquareFp4(in a.C1.C0, in a.C0.C2, out var t2, out var t3);
        SquareFp4(in a.C0.C1, in a.C1.C2, out var t4, out var t5);
        return new(
            new(ThriceLessTwice(in t0, in a.C0.C0), ThriceLessTwice(in t2, in a.C0.C1), ThriceLessTwice(in t4, in a.C0.C2)),
            new(
                ThricePlusTwice(Fp2.MultiplyByNonresidue(in t5), in a.C1.C0),
                ThricePlusTwice(in t1, in a.C1.C1),
                ThricePlusTwice(in t3, in a.C1.C2)));
    }

    /// <summary>(a + b s)^2 = (a^2 + (1 + u) b^2) + 2 a b s with s^2 = 1 + u.</summary>
    [SkipLocalsInit]
    public static void SquareFp4(in Fp2 a, in Fp2 b, out Fp2 c0, out Fp2 c1)
    {
        Fp2Wide.Square(in a, out var aa);
        Fp2Wide.Square(in b, out var bb);
        Fp2Wide.Square(Fp2.AddCarried(in a, in b), out var sum);
        Fp2Wide.Subtract(in sum, in aa, in bb, out sum);
        Fp2Wide.AddNonresidue(in aa, in bb, out aa);
        c0 = Fp2Wide.Reduce(in aa);
        c1 = Fp2Wide.Reduce(in sum);
    }

    /// <summary>3 t - 2 a.</summary>
    public static Fp2 ThriceLessTwice(in Fp2 t, in Fp2 a) => Fp2.Scale(in t, 3) - (a + a);

    /// <summary>3 t + 2 a.</summary>
    public static Fp2 ThricePlusTwice(in Fp2 t, in Fp2 a) => Fp2.Reduce(Fp2.Scale(in t, 3) + a + a);
}
