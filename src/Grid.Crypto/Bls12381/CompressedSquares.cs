using System.Runtime.CompilerServices;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// Powers in the cyclotomic subgroup through squares of four of the six coefficients, which don't depend on the other two (Karabina, "Squaring in
/// cyclotomic subgroups", 2010; names of Aranha, Karabina, Longa, Gebotys, Lopez, 2011, section 5.2): the product of a^(2^i) over
/// the few bits i of |x|, which are decompressed together with one inversion.
/// </summary>
internal static class CompressedSquares
{
    /// <summary>The bits of |x|.</summary>
    private static ReadOnlySpan<byte> Bits => [16, 48, 57, 60, 62, 63];

    /// <summary>g2, g3, g4 and g5 of g0 + ... : the coefficients of w, w^4, w^2 and w^5.</summary>
    private readonly struct Compressed(in Fp2 g2, in Fp2 g3, in Fp2 g4, in Fp2 g5)
    {
        public readonly Fp2 G2 = g2, G3 = g3, G4 = g4, G5 = g5;

        public Compressed Square()
        {
            FinalExponentiation.SquareFp4(in G2, in G3, out var t0, out var t1);
            FinalExponentiation.SquareFp4(in G4, in G5, out var t2, out var t3);
            return new(
                FinalExponentiation.ThricePlusTwice(Fp2.MultiplyByNonresidue(in t3), in G2),
                FinalExponentiation.ThriceLessTwice(in t2, in G3),
                FinalExponentiation.ThriceLessTwice(in t0, in G4),
                FinalExponentiation.ThricePlusTwice(in t1, in G5));
        }

        /// <summary>4 g2, or g3 where that is 0: what g1 is divided by.</summary>
        public Fp2 Denominator => G2.IsZero ? G3 : Fp2.Reduce(Fp2.Scale(in G2, 4));

        /// <summary>g1 = (ξ g5^2 + 3 g4^2 - 2 g3) / 4 g2, or 2 g4 g5 / g3; g0 = ξ (2 g1^2 + g2 g5 - 3 g3 g4) + 1.</summary>
        public Fp12 Decompress(in Fp2 inverse)
        {
            var g4Square = Fp2.Square(in G4);
            var numerator = G2.IsZero
                ? Fp2.Scale(G4 * G5, 2)
                : Fp2.MultiplyByNonresidue(Fp2.Square(in G5)) + Fp2.Scale(in g4Square, 3) - (G3 + G3);
            var g1 = numerator * inverse;
            var sum = Fp2.Scale(Fp2.Square(in g1), 2) + (G2 * G5) - Fp2.Scale(G3 * G4, 3);
            var g0 = Fp2.Reduce(Fp2.MultiplyByNonresidue(in sum) + Fp2.One);
            return new(new(in g0, in G4, in G3), new(in G2, in g1, in G5));
        }
    }

    /// <summary>a^|x| for an a of the cyclotomic subgroup.</summary>
    [SkipLocalsInit]
    public static Fp12 PowerOfSeed(in Fp12 a)
    {
        Span<Compressed> powers = stackalloc Compressed[Bits.Length];
        Span<Fp2> products = stackalloc Fp2[Bits.Length];
        var square = new Compressed(in a.C1.C0, in a.C0.C2, in a.C0.C1, in a.C1.C2);
        var product = Fp2.One;
        for (int i = 0, bit = 0; i < powers.Length; i++)
        {
            for (; bit < Bits[i]; bit++)
            {
                square = square.Square();
            }
            powers[i] = square;
            products[i] = product;
            product *= square.Denominator;
        }
        if (product.IsZero)
        {
            // The coefficients of 1, and of hardly anything else, don't tell the rest.
            return PowerOfSeedUncompressed(in a);
        }
        var inverse = Fp2.Invert(in product);
        var power = powers[^1].Decompress(inverse * products[^1]);
        for (var i = powers.Length - 2; i >= 0; i--)
        {
            inverse *= powers[i + 1].Denominator;
            power *= powers[i].Decompress(inverse * products[i]);
        }
        return power;
    }

    /// <summary>The same without compression.</summary>
    public static Fp12 PowerOfSeedUncompressed(in Fp12 a)
    {
        var power = a;
        for (var bit = 62; bit >= 0; bit--)
        {
            power = FinalExponentiation.CyclotomicSquare(in power);
            if (((CurveGroup.Seed >> bit) & 1) != 0)
            {
                power *= a;
            }
        }
        return power;
    }
}
