using CsCheck;
using Grid.Crypto.Bls12381;
using Grid.Primitives;

namespace Grid.Crypto.Tests.Bls12381;

public class PairingTests
{
    private static readonly Gen<ulong> Factors = Gen.ULong[1, ulong.MaxValue];

    private static AffinePoint<Fp> Times(in AffinePoint<Fp> p, in UInt256 scalar) => MultiScalar.Sum<Fp, G1>([p], [scalar]).ToAffine();

    private static AffinePoint<Fp2> Times(in AffinePoint<Fp2> q, in UInt256 scalar) => MultiScalar.Sum<Fp2, G2>([q], [scalar]).ToAffine();

    private static Fp12 Pair(in AffinePoint<Fp> p, in AffinePoint<Fp2> q) =>
        FinalExponentiation.Compute(MillerLoop.Compute([p], [new TwistLines(q)]));

    [Fact]
    public void The_pairing_is_bilinear_and_not_degenerate() =>
        Gen.Select(Factors, Factors).Sample((a, b) =>
        {
            var e = Pair(Times(G1.Generator, a), Times(G2.Generator, b));
            Assert.False(e.IsOne);
            Assert.True(Fp12.AreEqual(e, Pair(Times(G1.Generator, UInt256.MulMod(a, b, CurveGroup.Order)), G2.Generator)));
            Assert.True(Fp12.AreEqual(e, Pair(Times(G1.Generator, b), Times(G2.Generator, a))));
            Assert.True((e * Pair(Times(G1.Generator, a), -Times(G2.Generator, b))).IsOne);
            Assert.True((e * Pair(-Times(G1.Generator, a), Times(G2.Generator, b))).IsOne);
        }, iter: 5);

    [Fact]
    public void A_pairing_has_order_r()
    {
        var e = Pair(G1.Generator, G2.Generator);
        var power = Fp12.One;
        for (var bit = 254; bit >= 0; bit--)
        {
            power = Fp12.Square(power);
            power = ((CurveGroup.Order >> bit).U0 & 1) != 0 ? power * e : power;
        }
        Assert.True(power.IsOne);
    }

    /// <summary>e(a1 P, b1 Q) ... e(an P, bn Q) e(-(a1 b1 + ... + an bn) P, Q) is 1, with infinities in between.</summary>
    [Fact]
    public void Products_are_checked_as_a_whole() =>
        Gen.Select(Factors.Array[1, 6], Factors.Array[6], Gen.Int[0, 6]).Sample((a, b, infinite) =>
        {
            var p = new List<AffinePoint<Fp>>();
            var q = new List<AffinePoint<Fp2>>();
            var total = UInt256.Zero;
            for (var i = 0; i < a.Length; i++)
            {
                if (i == infinite)
                {
                    p.Add(AffinePoint<Fp>.Infinity);
                    q.Add(G2.Generator);
                    p.Add(G1.Generator);
                    q.Add(AffinePoint<Fp2>.Infinity);
                }
                p.Add(Times(G1.Generator, a[i]));
                q.Add(Times(G2.Generator, b[i]));
                total = UInt256.AddMod(total, UInt256.MulMod(a[i], b[i], CurveGroup.Order), CurveGroup.Order);
            }
            p.Add(Times(G1.Generator, CurveGroup.Order - total));
            q.Add(G2.Generator);
            Assert.True(Pairing.IsProductOne(p.ToArray(), q.ToArray()));
            p[^1] = Times(p[^1], 2);
            Assert.False(Pairing.IsProductOne(p.ToArray(), q.ToArray()));
        }, iter: 5);

    [Fact]
    public void Nothing_but_infinity_pairs_to_one() =>
        Assert.True(Pairing.IsProductOne([AffinePoint<Fp>.Infinity, G1.Generator], [G2.Generator, AffinePoint<Fp2>.Infinity]));

    [Fact]
    public void Prepared_lines_are_those_of_the_walk()
    {
        Fp12 walked = MillerLoop.Compute([G1.Generator], [new TwistLines(G2.Generator)]),
            prepared = MillerLoop.Compute([G1.Generator], [new TwistLines(TwistLines.Prepare(G2.Generator))]);
        Assert.True(Fp12.AreEqual(walked, prepared));
    }
}
