using System.Numerics;
using System.Security.Cryptography;
using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class P256Tests
{
    private static readonly BigInteger N = P256.Order;

    private static readonly Gen<UInt256> Words = Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong, (a, b, c, d) => new UInt256(a, b, c, d));

    private static readonly Gen<UInt256> Scalars = Gen.Frequency(
        (6, Words.Select(word => word % P256.Order)), (1, Gen.Int[0, 40].Select(i => (UInt256)i)), (1, Gen.Int[1, 40].Select(i => P256.Order - (UInt256)i)));

    private static P256Jacobian Ladder(BigInteger k, in P256Affine p)
    {
        var sum = P256Jacobian.Infinity;
        for (var i = (int)k.GetBitLength() - 1; i >= 0; i--)
        {
            sum = sum.Double();
            sum = ((k >> i) & 1).IsZero ? sum : sum.Add(in p);
        }
        return sum;
    }

    private static (BigInteger X, BigInteger Y)? Coordinates(in P256Jacobian point)
    {
        if (point.IsInfinity)
        {
            return null;
        }
        var affine = point.ToAffine();
        return (affine.X.ToUInt256(), affine.Y.ToUInt256());
    }

    [Fact]
    public void Sums_of_multiples_agree_with_double_and_add() =>
        Gen.Select(Scalars, Scalars, Words.Where(word => word % P256.Order != 0)).Sample((a, b, k) =>
        {
            var generator = P256Multiplication.Generator;
            var p = Ladder(k % P256.Order, generator).ToAffine();
            Assert.Equal(Coordinates(Ladder((a + ((BigInteger)b * k)) % N, generator)), Coordinates(P256Multiplication.MultiplyAdd(a, b, p)));
        }, iter: 100);

    [Fact]
    public void Sums_may_meet_infinity_and_equal_points() =>
        Scalars.Sample(a =>
        {
            var generator = P256Multiplication.Generator;
            var other = a.IsZero ? a : P256.Order - a;
            Assert.True(P256Multiplication.MultiplyAdd(a, other, generator).IsInfinity);
            Assert.Equal(Coordinates(Ladder(2 * (BigInteger)a % N, generator)), Coordinates(P256Multiplication.MultiplyAdd(a, a, generator)));
        }, iter: 50);

    /// <summary>Another implementation's keys and signatures, and each of them with one bit changed.</summary>
    [Fact]
    public void Verification_agrees_with_the_system() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Int[0, (5 * 256) - 1]).Sample((hash, bit) =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var q = key.ExportParameters(includePrivateParameters: false).Q;
            byte[] input = [.. hash, .. key.SignHash(hash), .. q.X!, .. q.Y!];
            Assert.True(Verify(input));
            input[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Verify(input));
        }, iter: 50, threads: 1);

    [Fact]
    public void A_signature_is_one_with_either_s()
    {
        var (hash, r, s, x, y) = Signed();
        Assert.True(P256.Verify(hash, r, s, x, y));
        Assert.True(P256.Verify(hash, r, P256.Order - s, x, y));
    }

    [Fact]
    public void Ranges_are_checked()
    {
        var (hash, r, s, x, y) = Signed();
        foreach (var wrong in new[] { UInt256.Zero, P256.Order, P256.Order + 1, UInt256.MaxValue })
        {
            Assert.False(P256.Verify(hash, wrong, s, x, y));
            Assert.False(P256.Verify(hash, r, wrong, x, y));
        }
        Assert.False(P256.Verify(hash, r, s, UInt256.Zero, UInt256.Zero));
        Assert.False(P256.Verify(hash, r, s, P256Field.Prime, y));
        Assert.False(P256.Verify(hash, r, s, x, P256Field.Prime));
        Assert.False(P256.Verify(hash, r, s, x, P256Field.Prime - y));
    }

    /// <summary>Coordinates of p and more stand for no point, also where the number modulo p would be one.</summary>
    [Fact]
    public void A_key_has_one_form()
    {
        // (5, y) is on the curve; with r = n / 2 and any s some hash fits, which doesn't matter to what is refused first.
        BigInteger p = P256Field.Prime;
        var b = BigInteger.Parse("05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", System.Globalization.NumberStyles.HexNumber);
        var y = BigInteger.ModPow(125 - 15 + b, (p + 1) / 4, p);
        Assert.Equal((110 + b) % p, y * y % p);
        var (hash, r, s) = Forge(new P256Affine(new P256Field(5), new P256Field((UInt256)y)));
        Assert.True(P256.Verify(hash, r, s, 5, (UInt256)y));
        Assert.False(P256.Verify(hash, r, s, (UInt256)(5 + p), (UInt256)y));
    }

    /// <summary>R = aG + bQ has an x of n or more for no key that can be found, so r + n is tried with a key that is made for it.</summary>
    [Fact]
    public void An_abscissa_above_the_order_is_reduced()
    {
        BigInteger p = P256Field.Prime;
        var b = BigInteger.Parse("05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", System.Globalization.NumberStyles.HexNumber);
        for (var x = N + 1; ; x++)
        {
            var square = (((x * x) - 3) * x) + b;
            var y = BigInteger.ModPow(square % p, (p + 1) / 4, p);
            if (((y * y) - square) % p == 0)
            {
                // Q = r^-1 (s R - h G), as in recovery.
                UInt256 r = (UInt256)(x - N), s = 7, hash = 11;
                var point = new P256Affine(new P256Field((UInt256)x), new P256Field((UInt256)y));
                var inverse = BigInteger.ModPow(r, N - 2, N);
                var key = Coordinates(P256Multiplication.MultiplyAdd((UInt256)((N - 11) * inverse % N), (UInt256)(7 * inverse % N), point))!.Value;
                Assert.True(P256.Verify(hash, r, s, (UInt256)key.X, (UInt256)key.Y));
                Assert.False(P256.Verify(hash, r + 1, s, (UInt256)key.X, (UInt256)key.Y));
                return;
            }
        }
    }

    /// <summary>The same for a hash of n or more, and for a sum at infinity.</summary>
    [Fact]
    public void A_hash_counts_modulo_the_order_and_infinity_is_no_signature()
    {
        var (hash, r, s) = Forge(P256Multiplication.Generator);
        var g = (X: P256Multiplication.Generator.X.ToUInt256(), Y: P256Multiplication.Generator.Y.ToUInt256());
        Assert.True(P256.Verify(hash, r, s, g.X, g.Y));
        if (!UInt256.AddOverflow(hash, P256.Order, out var above))
        {
            Assert.True(P256.Verify(above, r, s, g.X, g.Y));
        }
        Assert.False(P256.Verify(P256.Order - r, r, s, g.X, g.Y));
        Assert.True(P256.Verify(UInt256.Zero, g.X % P256.Order, g.X % P256.Order, g.X, g.Y));
        Assert.True(P256.Verify(P256.Order, g.X % P256.Order, g.X % P256.Order, g.X, g.Y));
    }

    /// <summary>A signature of some hash that fits a key: with R = G + Q, s = r and h = r.</summary>
    private static (UInt256 Hash, UInt256 R, UInt256 S) Forge(in P256Affine key)
    {
        var sum = new P256Jacobian(in P256Multiplication.Generator).Add(in key).ToAffine();
        var r = sum.X.ToUInt256() % P256.Order;
        return (r, r, r);
    }

    private static (UInt256 Hash, UInt256 R, UInt256 S, UInt256 X, UInt256 Y) Signed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        var hash = SHA256.HashData([1, 2, 3]);
        var signature = key.SignHash(hash);
        return (Word(hash), Word(signature.AsSpan(0, 32)), Word(signature.AsSpan(32)), Word(q.X), Word(q.Y));
    }

    private static UInt256 Word(ReadOnlySpan<byte> bytes) => UInt256.FromBigEndian(bytes);

    private static bool Verify(byte[] input) => P256.Verify(
        Word(input.AsSpan(0, 32)), Word(input.AsSpan(32, 32)), Word(input.AsSpan(64, 32)), Word(input.AsSpan(96, 32)), Word(input.AsSpan(128, 32)));
}
