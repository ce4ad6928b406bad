using System.Numerics;
using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class P256FieldTests
{
    private static readonly BigInteger P = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 224) + BigInteger.Pow(2, 192) + BigInteger.Pow(2, 96) - 1;

    private static readonly Gen<ulong> Limbs =
        Gen.Frequency((2, Gen.ULong), (1, Gen.OneOf(0UL, 1UL, ulong.MaxValue, 0xFFFFFFFF00000001UL, 0xFFFFFFFFUL, 0xFFFFFFFF00000000UL)));

    private static readonly Gen<UInt256> Values = Gen.Select(Limbs, Limbs, Limbs, Limbs, (a, b, c, d) => new UInt256(a, b, c, d) % P256Field.Prime);

    private static BigInteger Value(in P256Field a) => a.ToUInt256();

    private static BigInteger Mod(BigInteger a) => ((a % P) + P) % P;

    [Fact]
    public void Operations_agree_with_integers() =>
        Gen.Select(Values, Values).Sample((x, y) =>
        {
            P256Field a = new(x), b = new(y);
            BigInteger u = x, v = y;
            Assert.Equal(u, Value(a));
            Assert.Equal(Mod(u + v), Value(a + b));
            Assert.Equal(Mod(u - v), Value(a - b));
            Assert.Equal(Mod(-u), Value(-a));
            Assert.Equal(Mod(u * v), Value(a * b));
            Assert.Equal(Mod(u * u), Value(P256Field.Square(a)));
            Assert.Equal(u.IsZero ? 0 : BigInteger.ModPow(u, P - 2, P), Value(P256Field.Invert(a)));
            Assert.Equal(u == v, P256Field.Equals(a, b));
            Assert.Equal(u.IsZero, a.IsZero);
        }, iter: 2000);
}
