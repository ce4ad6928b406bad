using System.Numerics;
using CsCheck;
using Grid.Crypto.Bls12381;
using static Grid.Crypto.Tests.Bls12381.Fields;

namespace Grid.Crypto.Tests.Bls12381;

public class FpTests
{
    [Fact]
    public void Operations_agree_with_integers() =>
        Gen.Select(Integers, Integers).Sample((u, v) =>
        {
            Fp a = Element(u), b = Element(v);
            Assert.Equal(u, Value(a));
            Assert.Equal(Mod(u + v), Value(a + b));
            Assert.Equal(Mod(u + v), Value(Fp.AddCarried(a, b)));
            Assert.Equal(Mod(u - v), Value(a - b));
            Assert.Equal(Mod(-u), Value(-a));
            Assert.Equal(Mod(u * v), Value(a * b));
            Assert.Equal(Mod(u * v), Value(Fp.MultiplyAndReduce(a, b)));
            Assert.Equal(Mod(u * u), Value(Fp.Square(a)));
            Assert.Equal(u.IsZero, a.IsZero);
            Assert.Equal(u == v, Fp.AreEqual(a, b));
            Assert.Equal(!u.IsEven, a.IsOdd);
            Assert.True((a - b + b - a).IsZero);
        });

    /// <summary>Limbs as large as sums and multiples make them: magnitudes m and n with m n up to 16.</summary>
    [Fact]
    public void Factors_may_be_sums() =>
        Gen.Select(Integers, Integers, Gen.UInt[1, 4], Gen.UInt[1, 4]).Sample((u, v, m, n) =>
        {
            // A product of p - 1 by -1 is as close to 2p as one gets, and p + p - 1 is below it too.
            Fp a = Fp.Scale(Element(u), m), b = Fp.Scale(Element(v), n);
            Assert.Equal(Mod(u * m * v * n), Value(a * b));
            Assert.Equal(Mod(u * m * v * n), Value(Fp.MultiplyAndReduce(a, b)));
            Assert.Equal(Mod(BigInteger.Pow(u * m, 2)), Value(Fp.Square(a)));
            Assert.Equal(Mod((u * m) - (v * n)), Value(a - b));
            Assert.Equal(Mod(u * m), Value(Fp.Reduce(a)));
        });

    /// <summary>Every limb at its limit, which no reduced element has.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Full_limbs_multiply_right(uint magnitude)
    {
        var full = Fp.Scale(new Fp(Fp.Mask, Fp.Mask, Fp.Mask, Fp.Mask, Fp.Mask, Fp.Mask, (16 * Fp.P6) - 1), magnitude);
        var raw = magnitude * ((16 * (BigInteger)Fp.P6 << 336) - 1);
        // What the limbs stand for is their number over R.
        var value = raw * BigInteger.ModPow(BigInteger.Pow(2, 392), P - 2, P) % P;
        Assert.Equal(value, Value(full));
        Assert.Equal(value * value % P, Value(full * full));
        Assert.Equal(value * value % P, Value(Fp.Square(full)));
        Assert.Equal(value * value % P, Value(Fp.MultiplyAndReduce(full, full)));
        Assert.Equal(value, Value(Fp.Reduce(full)));
        Assert.Equal(Mod(-value), Value(-full));
    }

    [Fact]
    public void Inverses_and_roots() =>
        Elements.Sample(a =>
        {
            var inverse = Fp.Invert(a);
            Assert.Equal(a.IsZero ? 0 : 1, Value(a * inverse));
            Assert.Equal(BigInteger.ModPow(Value(a), P - 2, P), Value(inverse));
            var square = Fp.Square(a);
            Assert.True(Fp.TryGetRoot(square, out var root));
            Assert.True(Fp.AreEqual(root, a) || Fp.AreEqual(root, -a));
            // -1 is no square.
            Assert.Equal(a.IsZero, Fp.TryGetRoot(-square, out _));
        }, iter: 300);

    [Fact]
    public void Every_multiple_of_p_that_fits_is_zero()
    {
        var p = new Fp(Fp.P0, Fp.P1, Fp.P2, Fp.P3, Fp.P4, Fp.P5, Fp.P6);
        for (uint factor = 0; factor <= 16; factor++)
        {
            Assert.True(Fp.Scale(p, factor).IsZero);
            Assert.False((Fp.Scale(p, factor) + Fp.One).IsZero);
        }
    }

    [Fact]
    public void Numbers_from_p_on_are_refused()
    {
        foreach (var (number, isBelow) in new[] { (P - 1, true), (P, false), (P + 1, false), ((BigInteger.One << 384) - 1, false) })
        {
            var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
            Assert.Equal(isBelow, Fp.TryRead(bytes, out _));
        }
        Assert.Throws<FormatException>(() => Fp.Parse(P.ToString("x")));
    }
}
