using System.Numerics;
using CsCheck;
using static Grid.Crypto.Tests.Bn254Numbers;

namespace Grid.Crypto.Tests;

public class Bn254PairingTests
{
    private static readonly Gen<ulong> Scalars = Gen.ULong[1, ulong.MaxValue];

    [Fact]
    public void It_is_bilinear() =>
        Gen.Select(Scalars, Scalars).Sample((a, b) =>
        {
            var both = Pair(Ladder(a, G1).ToAffine(), Ladder(b, G2).ToAffine());
            Assert.True(Same(both, Pair(Ladder((BigInteger)a * b, G1).ToAffine(), G2)));
            Assert.True(Same(both, Pair(G1, Ladder((BigInteger)a * b, G2).ToAffine())));
            Assert.True(Same(both, Power(Pair(G1, G2), (BigInteger)a * b)));
        }, iter: 10);

    [Fact]
    public void It_is_not_degenerate_and_its_values_have_the_order_of_the_group()
    {
        var value = Pair(G1, G2);
        Assert.False(value.IsOne);
        Assert.True(Power(value, R).IsOne);
    }

    [Fact]
    public void A_product_of_pairings_is_the_product() =>
        Gen.Select(Scalars, Scalars, Scalars).Sample((a, b, c) =>
        {
            var pairing = new Bn254Pairing(3);
            var expected = Bn254Field12.One;
            foreach (var scalar in new[] { a, b, c })
            {
                var (p, q) = (Ladder(scalar, G1).ToAffine(), Ladder(scalar ^ 1, G2).ToAffine());
                pairing.Add(p, q);
                expected *= Pair(p, q);
            }
            Assert.True(Same(expected, pairing.Product()));
        }, iter: 5);

    [Fact]
    public void The_last_power_is_a_power_of_the_plain_one()
    {
        // (p^12 - 1) / r, and the 2u (6u^2 + 3u + 1) that the chain multiplies it by.
        var f = Pair(G1, G2) * new Bn254Field12(new(new(Bn254Field.One, Bn254Field.CurveB), Bn254Field2.Xi, Bn254Field2.One), new(Bn254Field2.CurveB, default, default));
        BigInteger u = Bn254Twist.U;
        var exponent = (BigInteger.Pow(P, 12) - 1) / R * (2 * u * ((6 * u * u) + (3 * u) + 1));
        Assert.True(Same(Power(f, exponent), Bn254Pairing.FinalPower(f)));
    }

    private static Bn254Field12 Power(in Bn254Field12 a, BigInteger exponent)
    {
        var power = Bn254Field12.One;
        for (var i = (int)exponent.GetBitLength() - 1; i >= 0; i--)
        {
            power = Bn254Field12.Square(power);
            power = ((exponent >> i) & 1).IsZero ? power : power * a;
        }
        return power;
    }
}
