using System.Numerics;
using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

/// <summary>
/// The managed engine against libsecp256k1, and against BouncyCastle's curve, which is there on every machine. Where the library
/// is missing, the comparisons with it hold trivially, and what is recovered is still verified.
/// </summary>
public class Secp256k1EngineTests
{
    private static readonly Secp256k1Managed Managed = new();
    private static readonly ISecp256k1Engine Reference = (ISecp256k1Engine?)Secp256k1Native.TryLoad() ?? Managed;

    private static readonly UInt256 N = Secp256k1.Order;

    private static readonly UInt256 P = Secp256k1Field.Prime;

    /// <summary>Scalars at and beyond every limit that the rules and the limbs know.</summary>
    private static readonly UInt256[] Edges =
    [
        0, 1, 2, 3, 6, N - 1, N - 2, N, N + 1, Secp256k1.HalfOrder, Secp256k1.HalfOrder + 1, P - N, P - N - 1, P - N + 1, P - 1, P, P + 1,
        UInt256.MaxValue, UInt256.One << 128, (UInt256.One << 128) - 1, UInt256.One << 255, (UInt256.One << 52) - 1, UInt256.One << 64,
    ];

    private static readonly Gen<UInt256> Scalars = Gen.Frequency(
        (4, Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong, (a, b, c, d) => new UInt256(a, b, c, d))),
        (1, Gen.OneOf(Edges)));

    private static void AssertSameRecovery(Hash256 hash, UInt256 r, UInt256 s, int recoveryId)
    {
        byte[] expected = new byte[64], actual = new byte[64];
        var recovers = Reference.TryRecover(hash, r, s, recoveryId, expected);
        Assert.Equal(recovers, Managed.TryRecover(hash, r, s, recoveryId, actual));
        Assert.Equal(expected, actual);
        if (recovers)
        {
            Assert.True(Managed.Verify(hash, r, s, actual));
            Assert.True(Reference.Verify(hash, r, s, actual));
        }
    }

    [Fact]
    public void Recovery_is_the_same_on_random_and_edge_input() =>
        Gen.Select(Scalars, Scalars, Scalars, Gen.Int[-1, 4]).Sample((hash, r, s, id) => AssertSameRecovery(Hash256.FromWord(hash), r, s, id), iter: 1000);

    [Fact]
    public void Recovery_is_the_same_on_every_pair_of_edges()
    {
        foreach (var r in Edges)
        {
            foreach (var s in Edges)
            {
                for (var id = 0; id < 4; id++)
                {
                    AssertSameRecovery(Hash256.FromWord(r), r, s, id);
                }
            }
        }
    }

    [Fact]
    public void Keys_and_signatures_are_the_same() =>
        Gen.Select(Scalars, Scalars).Sample((key, hash) =>
        {
            byte[] expected = new byte[64], actual = new byte[64];
            Assert.Equal(Reference.TryGetPublicKey(key, expected), Managed.TryGetPublicKey(key, actual));
            Assert.Equal(expected, actual);
            Assert.Equal(Reference.TrySign(Hash256.FromWord(hash), key, out var signature), Managed.TrySign(Hash256.FromWord(hash), key, out var own));
            Assert.Equal(signature, own);
            if (Secp256k1.IsInRange(key))
            {
                AssertSameRecovery(Hash256.FromWord(hash), own.R, own.S, own.RecoveryId);
                AssertSameRecovery(Hash256.FromWord(hash), own.R, N - own.S, own.RecoveryId ^ 1);
            }
        }, iter: 200);

    [Fact]
    public void Verification_is_the_same_for_wrong_keys_and_points_off_the_curve() =>
        Gen.Select(Scalars, Scalars, Scalars, Scalars, Scalars).Sample((hash, r, s, x, y) =>
        {
            byte[] off = [.. x.ToBigEndian(), .. y.ToBigEndian()];
            Assert.Equal(Reference.Verify(Hash256.FromWord(hash), r, s, off), Managed.Verify(Hash256.FromWord(hash), r, s, off));
            var key = new byte[64];
            if (Managed.TryGetPublicKey(x, key))
            {
                Assert.Equal(Reference.Verify(Hash256.FromWord(hash), r, s, key), Managed.Verify(Hash256.FromWord(hash), r, s, key));
            }
        }, iter: 200);

    [Fact]
    public void Public_keys_are_those_of_another_implementation()
    {
        var curve = Org.BouncyCastle.Crypto.EC.CustomNamedCurves.GetByName("secp256k1");
        Scalars.Where(key => Secp256k1.IsInRange(key)).Sample(key =>
        {
            var expected = curve.G.Multiply(new Org.BouncyCastle.Math.BigInteger(1, key.ToBigEndian())).Normalize().GetEncoded(false);
            var actual = new byte[64];
            Assert.True(Managed.TryGetPublicKey(key, actual));
            Assert.Equal(expected[1..], actual);
        }, iter: 60);
    }

    [Fact]
    public void The_managed_engine_can_be_forced()
    {
        Assert.Equal(Secp256k1Engine.Managed, Secp256k1.Select("managed").Kind);
        Assert.Equal(Secp256k1Engine.Managed, Secp256k1.Select("MANAGED").Kind);
        Assert.Equal(Reference.Kind, Secp256k1.Select(null).Kind);
        Assert.Equal(Reference.Kind, Secp256k1.Select("").Kind);
        Assert.Equal(Secp256k1.Engine == Secp256k1Engine.Native, Secp256k1.Hint is null);
    }

    /// <summary>s R = e G makes Q infinity: with R = G and s = e.</summary>
    [Fact]
    public void The_point_at_infinity_is_not_recovered()
    {
        var x = Secp256k1Multiplication.Generator.X.ToUInt256();
        var key = new byte[64];
        foreach (UInt256 e in new UInt256[] { 1, 5, N - 1 })
        {
            Assert.False(Managed.TryRecover(Hash256.FromWord(e), x, e, 0, key));
            Assert.False(Reference.TryRecover(Hash256.FromWord(e), x, e, 0, key));
            Assert.True(Managed.TryRecover(Hash256.FromWord(e), x, e, 1, key));
        }
    }

    /// <summary>Recovery ids 2 and 3 are for the few x between n and p: r = x - n.</summary>
    [Fact]
    public void An_x_above_the_order_is_recovered()
    {
        var recovered = 0;
        for (ulong r = 1; r < 20; r++)
        {
            for (var id = 0; id < 4; id++)
            {
                AssertSameRecovery(Hash256.FromWord(77), r, 5, id);
                recovered += id >= 2 && Managed.TryRecover(Hash256.FromWord(77), r, 5, id, new byte[64]) ? 1 : 0;
            }
        }
        Assert.InRange(recovered, 10, 30);
    }

    /// <summary>A published vector of RFC 6979 over this curve: key 1, SHA-256 of "Satoshi Nakamoto".</summary>
    [Fact]
    public void A_published_deterministic_signature()
    {
        var hash = new Hash256(System.Security.Cryptography.SHA256.HashData("Satoshi Nakamoto"u8));
        Assert.True(Managed.TrySign(hash, 1, out var signature));
        Assert.Equal(UInt256.Parse("0x934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"), signature.R);
        Assert.Equal(UInt256.Parse("0x2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"), signature.S);
    }

    [Fact]
    public void Splitting_keeps_the_scalar_and_halves_its_length() =>
        Scalars.Sample(scalar =>
        {
            var k = scalar % N;
            Secp256k1Multiplication.Split(k, out var first, out var second);
            var lambda = (BigInteger)UInt256.Parse("0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72");
            BigInteger a = Signed(first), b = Signed(second);
            Assert.True(BigInteger.Abs(a) < BigInteger.One << 128 && BigInteger.Abs(b) < BigInteger.One << 128);
            Assert.True(((a + (b * lambda) - (BigInteger)k) % (BigInteger)N).IsZero);
        });

    [Fact]
    public void Inverses_are_inverses() =>
        Gen.Select(Scalars, Gen.OneOf(N, P, (UInt256)3, (UInt256)1_000_003)).Sample((scalar, modulus) =>
        {
            var a = scalar % modulus;
            var inverse = ModularInverse.Odd(a, modulus);
            Assert.True(inverse < modulus);
            Assert.Equal(a.IsZero ? UInt256.Zero : UInt256.One, UInt256.MulMod(a, inverse, modulus));
        });

    private static BigInteger Signed(UInt256 value) => value.IsNegative ? -(BigInteger)(-value) : value;
}
