using System.Numerics;
using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class Secp256k1FieldTests
{
    private static readonly BigInteger P = Secp256k1Field.Prime;

    private static readonly Gen<ulong> Limbs = Gen.Frequency((2, Gen.ULong), (1, Gen.OneOf(0UL, 1UL, ulong.MaxValue, 0xFFFFFFFEFFFFFC2F)));

    private static readonly Gen<UInt256> Values = Gen.Select(Limbs, Limbs, Limbs, Limbs, (a, b, c, d) => new UInt256(a, b, c, d));

    private static BigInteger Value(in Secp256k1Field a) => a.ToUInt256();

    private static BigInteger Mod(BigInteger a) => ((a % P) + P) % P;

    [Fact]
    public void Operations_agree_with_integers() =>
        Gen.Select(Values, Values).Sample((x, y) =>
        {
            Secp256k1Field a = new(x), b = new(y);
            BigInteger u = x, v = y;
            Assert.Equal(Mod(u), Value(a));
            Assert.Equal(Mod(u + v), Value(a + b));
            Assert.Equal(Mod(u * v), Value(a * b));
            Assert.Equal(Mod(u * u), Value(Secp256k1Field.Square(a)));
            Assert.Equal(Mod(-u), Value(Secp256k1Field.Negate(a, 1)));
            Assert.Equal(Mod(u), Mod(2 * Value(Secp256k1Field.Half(a))));
            Assert.Equal(u.IsZero || u == P, a.IsZero);
            Assert.True((a + Secp256k1Field.Negate(a, 1)).IsZero);
        });

    [Fact]
    public void Factors_may_have_the_magnitudes_that_the_points_give_them() =>
        Gen.Select(Values, Values, Gen.UInt[1, 10], Gen.UInt[1, 10]).Sample((x, y, m, n) =>
        {
            // The largest limbs of a magnitude: a sum's, and a negative's.
            Secp256k1Field a = Secp256k1Field.Scale(new(x), m), b = Secp256k1Field.Negate(Secp256k1Field.Scale(new(y), n - 1), n - 1);
            Assert.Equal(Mod((BigInteger)x * m * -(BigInteger)y * (n - 1)), Value(a * b));
            Assert.Equal(Mod(BigInteger.Pow((BigInteger)x * m, 2)), Value(Secp256k1Field.Square(a)));
            Assert.Equal(Mod(BigInteger.Pow((BigInteger)y * (n - 1), 2)), Value(Secp256k1Field.Square(b)));
            Assert.Equal(Mod((BigInteger)x * m), Value(a));
        });

    [Fact]
    public void Square_roots_of_squares_are_roots() =>
        Values.Sample(x =>
        {
            var square = Secp256k1Field.Square(new(x));
            var root = Secp256k1Field.SquareRootCandidate(square);
            Assert.Equal(Value(square), Mod(Value(root) * Value(root)));
        });
}
