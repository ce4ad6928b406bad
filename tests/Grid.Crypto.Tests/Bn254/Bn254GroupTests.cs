using System.Numerics;
using CsCheck;
using Grid.Primitives;
using static Grid.Crypto.Tests.Bn254Numbers;

namespace Grid.Crypto.Tests;

public class Bn254GroupTests
{
    private static readonly Gen<UInt256> Scalars = Gen.Frequency(
        (6, Words), (1, Gen.Int[0, 40].Select(i => (UInt256)i)), (1, Gen.Int[1, 40].Select(i => Bn254Multiplication.Order - (UInt256)i)), (1, Gen.ULong.Select(k => (UInt256)k)));

    [Fact]
    public void Points_are_a_group() =>
        Gen.Select(Points, Points, Points).Sample((p, q, r) =>
        {
            Bn254Jacobian<Bn254Field> a = new(p), b = new Bn254Jacobian<Bn254Field>(q).Double(), c = new(r);
            Assert.True(p.IsOnCurve && a.Add(b).ToAffine().IsOnCurve);
            Assert.True(a.Add(b).IsSame(b.Add(a)));
            Assert.True(b.Add(a).IsSame(b.Add(p)));
            Assert.True(a.Add(b).Add(c).IsSame(a.Add(b.Add(c))));
            Assert.True(a.Add(a).IsSame(a.Double()) && a.Add(p).IsSame(a.Double()) && b.Add(b).IsSame(b.Double()));
            Assert.True(b.Add(b.Negated).IsInfinity && a.Add(p.Negated).IsInfinity);
            Assert.True(b.Add(Bn254Jacobian<Bn254Field>.Infinity).IsSame(b) && Bn254Jacobian<Bn254Field>.Infinity.Add(b).IsSame(b));
            Assert.True(Bn254Jacobian<Bn254Field>.Infinity.Double().IsInfinity && !b.IsSame(Bn254Jacobian<Bn254Field>.Infinity));
        }, iter: 100);

    [Fact]
    public void The_endomorphism_multiplies_by_lambda() =>
        Points.Sample(p =>
        {
            var image = new Bn254Jacobian<Bn254Field>(new Bn254Affine<Bn254Field>(p.X * Bn254Multiplication.Beta, p.Y));
            Assert.True(image.IsSame(Ladder(Bn254Multiplication.Lambda, p)));
        }, iter: 20);

    [Fact]
    public void Halves_of_scalars_are_short_and_belong_together() =>
        Scalars.Sample(scalar =>
        {
            var k = scalar % Bn254Multiplication.Order;
            Bn254Multiplication.Split(k, out var first, out var second);
            BigInteger a = Signed(first), b = Signed(second);
            Assert.True(BigInteger.Abs(a) < BigInteger.One << 128 && BigInteger.Abs(b) < BigInteger.One << 128);
            Assert.True(((a + (b * Bn254Multiplication.Lambda) - k) % R).IsZero);
        });

    private static BigInteger Signed(in UInt256 value) => value.IsNegative ? -(BigInteger)(-value) : value;

    [Fact]
    public void Multiples_agree_with_double_and_add() =>
        Gen.Select(Scalars, Points).Sample((k, p) => Assert.True(Bn254Multiplication.Multiply(k, p).IsSame(Ladder(k, p))), iter: 200);

    [Fact]
    public void The_check_of_the_subgroup_agrees_with_multiplication_by_its_order() =>
        Gen.Select(TwistPoints, Gen.Int[0, 3]).Sample((q, kind) =>
        {
            // In the group, and one with a component of the cofactor's order 2p - r; the latter alone as well.
            var point = kind switch
            {
                0 => q,
                1 => Ladder((2 * P) - R, q).ToAffine(),
                2 => Ladder(R, q).ToAffine(),
                _ => Ladder(((2 * P) - R) * 12345, q).Add(Ladder(R, q)).ToAffine(),
            };
            Assert.True(point.IsOnCurve);
            Assert.Equal(Ladder(R, point).IsInfinity, Bn254Twist.IsInSubgroup(point));
            Assert.Equal(kind == 1, Bn254Twist.IsInSubgroup(point));
        }, iter: 30);

    [Fact]
    public void Points_of_small_order_are_not_in_the_subgroup() =>
        TwistPoints.Sample(q =>
        {
            // 2p - r = 10069 * 5864401 * ...: its small factors give points for which sums meet their exceptions.
            foreach (var factor in new[] { 10069, 5864401 })
            {
                Assert.True((((2 * P) - R) % factor).IsZero);
                var small = Ladder(R * (((2 * P) - R) / factor), q);
                Assert.True(small.IsInfinity || !Bn254Twist.IsInSubgroup(small.ToAffine()));
            }
        }, iter: 5);

    [Fact]
    public void The_generator_of_the_second_group_is_in_it() => Assert.True(G2.IsOnCurve && Bn254Twist.IsInSubgroup(G2));
}
