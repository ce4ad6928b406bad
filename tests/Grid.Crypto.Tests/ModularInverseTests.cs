using System.Numerics;
using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class ModularInverseTests
{
    /// <summary>Limbs at their limits, and numbers of every length.</summary>
    private static readonly Gen<UInt256> Words = Gen.Select(
        Gen.Frequency((3, Gen.ULong), (2, Gen.OneOf(0UL, 1UL, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 62, 1UL << 63))).Array[4], Gen.Int[0, 255],
        (limbs, shift) => new UInt256(limbs[0], limbs[1], limbs[2], limbs[3]) >> (shift < 128 ? 0 : shift));

    private static readonly UInt256[] Primes = [Secp256k1Field.Prime, Secp256k1.Order, Bn254Field.Prime, P256Field.Prime, P256.Order];

    private static void AssertInverse(in UInt256 a, in UInt256 modulus)
    {
        var inverse = ModularInverse.Odd(a, modulus);
        if (BigInteger.GreatestCommonDivisor(a, modulus).IsOne)
        {
            Assert.True(inverse < modulus);
            Assert.Equal(BigInteger.One, (BigInteger)a * inverse % modulus);
        }
        else
        {
            Assert.Equal(UInt256.Zero, inverse);
        }
    }

    [Fact]
    public void A_product_with_the_inverse_is_one() =>
        Gen.Select(Words, Words.Select(word => word | UInt256.One).Where(modulus => modulus != UInt256.One)).Sample((a, modulus) => AssertInverse(a % modulus, modulus), iter: 20_000);

    [Fact]
    public void Primes_of_the_curves_have_inverses_for_all_but_zero() =>
        Gen.Select(Words, Gen.Int[0, Primes.Length - 1].Select(i => Primes[i])).Sample((a, prime) =>
        {
            AssertInverse(a % prime, prime);
            AssertInverse(prime - 1, prime);
            Assert.Equal(UInt256.Zero, ModularInverse.Odd(UInt256.Zero, prime));
        }, iter: 5_000);

    [Fact]
    public void Small_moduli_in_full()
    {
        for (var modulus = 3; modulus < 200; modulus += 2)
        {
            for (var a = 0; a < modulus; a++)
            {
                AssertInverse(a, modulus);
            }
        }
    }
}
