using System.Numerics;
using CsCheck;
using Grid.Crypto.Bls12381;
using static Grid.Crypto.Tests.Bls12381.Fields;

namespace Grid.Crypto.Tests.Bls12381;

public class TowerTests
{
    [Fact]
    public void Fp2_agrees_with_integers() =>
        Gen.Select(Elements2, Elements2).Sample((a, b) =>
        {
            var ((a0, a1), (b0, b1)) = (Value(a), Value(b));
            Assert.Equal((Mod((a0 * b0) - (a1 * b1)), Mod((a0 * b1) + (a1 * b0))), Value(a * b));
            Assert.Equal(Value(a * a), Value(Fp2.Square(a)));
            Assert.Equal((Mod(a0 - b0), Mod(a1 - b1)), Value(a - b));
            Assert.Equal((Mod(a0 + b0), Mod(a1 + b1)), Value(a + b));
            Assert.Equal((Mod(a0 - a1), Mod(a0 + a1)), Value(Fp2.MultiplyByNonresidue(a)));
            Assert.Equal((a0, Mod(-a1)), Value(Fp2.Conjugate(a)));
            Assert.Equal(a.IsZero ? (0, 0) : (1, 0), Value(a * Fp2.Invert(a)));
            Assert.Equal(a0.IsZero ? !a1.IsEven : !a0.IsEven, a.IsOdd);
        });

    [Fact]
    public void Fp2_factors_may_be_sums() =>
        Gen.Select(Elements2, Elements2, Elements2, Elements2).Sample((a, b, c, d) =>
        {
            Assert.Equal(Value((a * c) + (a * d) + (b * c) + (b * d)), Value((a + b) * (c + d)));
            Assert.Equal(Value(Fp2.Scale(a * a, 9)), Value(Fp2.Square(Fp2.Scale(a, 3))));
        });

    [Fact]
    public void Fp2_roots() =>
        Gen.Select(Elements2, Gen.Int[0, 2]).Sample((any, form) =>
        {
            var a = form switch { 0 => any, 1 => new Fp2(any.C0, Fp.Zero), _ => new Fp2(Fp.Zero, any.C1) };
            var square = Fp2.Square(a);
            Assert.True(Fp2.TryGetRoot(square, out var root));
            Assert.Equal(Value(square), Value(Fp2.Square(root)));
            // 1 + u is no square.
            Assert.Equal(a.IsZero, Fp2.TryGetRoot(Fp2.MultiplyByNonresidue(square), out _));
            // In Fp2 every element of Fp has a root.
            var real = new Fp2(any.C0, Fp.Zero);
            Assert.True(Fp2.TryGetRoot(real, out root));
            Assert.Equal(Value(real), Value(Fp2.Square(root)));
        }, iter: 300);

    [Fact]
    public void Fp6_is_a_ring_with_inverses() =>
        Gen.Select(Elements6, Elements6, Elements6).Sample((a, b, c) =>
        {
            Assert.True(Fp6.AreEqual((a + b) * c, (a * c) + (b * c)));
            Assert.True(Fp6.AreEqual(a * b * c, a * (b * c)));
            Assert.True(Fp6.AreEqual(a * b, b * a));
            Assert.True(Fp6.AreEqual(Fp6.MultiplyByV(a), a * new Fp6(Fp2.Zero, Fp2.One, Fp2.Zero)));
            var v3 = Fp6.MultiplyByV(Fp6.MultiplyByV(Fp6.MultiplyByV(Fp6.One)));
            Assert.True(Fp6.AreEqual(v3, new Fp6(new Fp2(Fp.One, Fp.One), Fp2.Zero, Fp2.Zero)));
            if (!Fp6.AreEqual(a, Fp6.Zero))
            {
                Assert.True(Fp6.AreEqual(a * Fp6.Invert(a), Fp6.One));
            }
        }, iter: 300);

    [Fact]
    public void Fp12_is_a_ring_with_inverses() =>
        Gen.Select(Elements12, Elements12, Elements12).Sample((a, b, c) =>
        {
            Assert.True(Fp12.AreEqual(a * b * c, a * (b * c)));
            Assert.True(Fp12.AreEqual(a * b, b * a));
            Assert.True(Fp12.AreEqual(Fp12.Square(a), a * a));
            Assert.True(Fp12.AreEqual(a * Fp12.Invert(a), Fp12.One));
            var sum = new Fp12(a.C0 + b.C0, a.C1 + b.C1);
            Assert.True(Fp12.AreEqual(sum * c, new Fp12((a * c).C0 + (b * c).C0, (a * c).C1 + (b * c).C1)));
        }, iter: 200);

    [Fact]
    public void A_line_is_a_sparse_element() =>
        Gen.Select(Elements12, Elements2, Elements2, Elements2).Sample((a, l0, l1, l4) =>
            Assert.True(Fp12.AreEqual(
                Fp12.MultiplyByLine(a, l0, l1, l4), a * new Fp12(new Fp6(l0, l1, Fp2.Zero), new Fp6(Fp2.Zero, l4, Fp2.Zero)))), iter: 200);

    [Fact]
    public void Frobenius_raises_to_p() =>
        Elements12.Sample(a =>
        {
            var power = Power(a, P);
            Assert.True(Fp12.AreEqual(power, FinalExponentiation.PowerOfP(a)));
            Assert.True(Fp12.AreEqual(FinalExponentiation.PowerOfP(power), FinalExponentiation.PowerOfP2(a)));
        }, iter: 3);

    [Fact]
    public void Cyclotomic_squares_are_squares_in_the_cyclotomic_subgroup() =>
        Elements12.Sample(a =>
        {
            // a^((p^6 - 1)(p^2 + 1))
            var t = Fp12.Conjugate(a) * Fp12.Invert(a);
            var m = FinalExponentiation.PowerOfP2(t) * t;
            for (var i = 0; i < 100; i++)
            {
                var square = FinalExponentiation.CyclotomicSquare(m);
                Assert.True(Fp12.AreEqual(square, m * m));
                m = square;
            }
            Assert.True(Fp12.AreEqual(FinalExponentiation.PowerOfX(m) * Power(m, CurveGroup.Seed), Fp12.One));
            Assert.True(Fp12.AreEqual(CompressedSquares.PowerOfSeed(m), CompressedSquares.PowerOfSeedUncompressed(m)));
        }, iter: 5);

    [Fact]
    public void One_survives_compression() => Assert.True(CompressedSquares.PowerOfSeed(Fp12.One).IsOne);

    private static Fp12 Power(Fp12 a, BigInteger exponent)
    {
        var power = Fp12.One;
        for (; !exponent.IsZero; exponent >>= 1)
        {
            power = exponent.IsEven ? power : power * a;
            a = Fp12.Square(a);
        }
        return power;
    }
}
