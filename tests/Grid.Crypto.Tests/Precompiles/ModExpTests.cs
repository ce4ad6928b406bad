using System.Numerics;
using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class ModExpTests
{
    /// <summary>Lengths around the limbs' limits; bytes that make carries, trailing zeros and even moduli likely.</summary>
    private static readonly Gen<byte[]> Numbers =
        Gen.Frequency((3, Gen.Byte), (2, Gen.OneOf<byte>(0, 255)), (1, Gen.OneOf<byte>(1, 2, 128))).Array[0, 70];

    private static byte[] Compute(byte[] @base, byte[] exponent, byte[] modulus)
    {
        var result = new byte[modulus.Length];
        result.AsSpan().Fill(0xEE);
        ModExp.Compute(@base, exponent, modulus, result);
        // Machines without vectors answer the same.
        var plain = new byte[modulus.Length];
        ModExp.Compute(@base, exponent, modulus, plain, usesVectors: false);
        Assert.Equal(plain, result);
        return result;
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static void AssertRight(byte[] @base, byte[] exponent, byte[] modulus)
    {
        var m = Number(modulus);
        var expected = m.IsZero ? 0 : BigInteger.ModPow(Number(@base), Number(exponent), m);
        var result = Compute(@base, exponent, modulus);
        Assert.Equal(modulus.Length, result.Length);
        Assert.Equal(expected, Number(result));
    }

    [Fact]
    public void Powers_agree_with_integers() =>
        Gen.Select(Numbers, Numbers, Numbers).Sample((b, e, m) => AssertRight(b, e, m), iter: 2000);

    [Fact]
    public void Moduli_of_every_shape_agree_with_integers() =>
        Gen.Select(Numbers, Numbers, Numbers, Gen.Int[0, 140]).Sample((b, e, m, zeros) =>
            AssertRight(b, e, (Number(m) << zeros).ToByteArray(isUnsigned: true, isBigEndian: true)), iter: 2000);

    [Fact]
    public void Long_numbers_agree_with_integers() =>
        Gen.Select(Gen.Byte.Array[30, 600], Gen.Byte.Array[1, 40], Gen.Byte.Array[30, 600]).Sample((b, e, m) =>
        {
            AssertRight(b, e, m);
            m[^1] |= 1;
            AssertRight(b, e, m);
        }, iter: 60);

    /// <summary>
    /// A product of vectors is below 2m, not below m: of a modulus with its limbs' highest bits set, about one power in a hundred comes out
    /// a bit longer than the modulus' limbs, before m is taken off.
    /// </summary>
    [Fact]
    public void Powers_longer_than_the_limbs_agree_with_integers() =>
        Gen.Select(Gen.OneOf<int>(40, 48, 64, 128, 256), Gen.ULong, Gen.OneOf<byte>(3, 4, 17)).Sample((length, seed, exponent) =>
        {
            var random = new Random(unchecked((int)seed));
            var (number, modulus) = (new byte[length], new byte[length]);
            random.NextBytes(number);
            random.NextBytes(modulus);
            (modulus[0], modulus[^1]) = (0xFF, (byte)(modulus[^1] | 1));
            AssertRight(number, [exponent], modulus);
            AssertRight(number, [1, 0, 1], modulus);
        }, iter: 3000);

    /// <summary>Carries, and sums of digits that come near a word's end: all bits set, and numbers of so many digits that they carry between.</summary>
    [Theory]
    [InlineData(33)]
    [InlineData(41)]
    [InlineData(128)]
    [InlineData(1_024)]
    [InlineData(1_760)]
    [InlineData(4_096)]
    public void Numbers_of_ones_agree_with_integers(int length)
    {
        var ones = Enumerable.Repeat((byte)0xFF, length).ToArray();
        byte[] almost = [.. ones[..^1], 0xFE], twice = [.. ones[..^1], 0xFD], power = [0x80, .. new byte[length - 1]];
        foreach (var modulus in new[] { ones, almost, twice, power })
        {
            AssertRight(almost, [3], modulus);
            AssertRight(ones, [2], modulus);
            AssertRight([2], ones[..2], modulus);
            AssertRight(almost, ones[..3], modulus);
        }
    }

    /// <summary>Every modulus of up to 10 bits, and some of 16, with exponents that are shortened, around where powers begin to repeat.</summary>
    [Fact]
    public void Small_moduli_agree_with_integers()
    {
        var exponents = new[] { "1", "2", "0f", "10", "11", "ffffffffffffff", "0100000000000000", "ffffffffffffffffffffff", "80000000000000000000000000000000" }
            .Select(digits => Convert.FromHexString(digits.Length % 2 == 0 ? digits : "0" + digits)).ToArray();
        foreach (var modulus in Enumerable.Range(1, 1_024).Concat([32_767, 32_768, 32_769, 46_656, 59_049, 60_060, 65_521, 65_535]))
        {
            foreach (var exponent in exponents)
            {
                AssertRight([(byte)modulus, (byte)(modulus * 3)], exponent, [(byte)(modulus >> 8), (byte)modulus]);
                AssertRight([6], exponent, [(byte)(modulus >> 8), (byte)modulus]);
            }
        }
    }

    /// <summary>Powers of two: units and others, with exponents around the order of the one and the height of the other.</summary>
    [Fact]
    public void Powers_of_two_agree_with_integers() =>
        Gen.Select(Gen.Int[1, 400], Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], Gen.Int[-3, 3]).Sample((bits, b, e, delta) =>
        {
            var modulus = (BigInteger.One << bits).ToByteArray(isUnsigned: true, isBigEndian: true);
            AssertRight(b, e, modulus);
            AssertRight(b, BigInteger.Max(0, bits + delta).ToByteArray(isUnsigned: true, isBigEndian: true), modulus);
            AssertRight([3], BigInteger.Max(0, (BigInteger.One << bits) + delta).ToByteArray(isUnsigned: true, isBigEndian: true), modulus);
        }, iter: 1000);

    [Theory]
    [InlineData("", "", "", "0x")]
    [InlineData("", "", "02", "0x01")]
    [InlineData("00", "00", "0005", "0x0001")]
    [InlineData("", "01", "05", "0x00")]
    [InlineData("05", "", "01", "0x00")]
    [InlineData("05", "02", "", "0x")]
    [InlineData("05", "02", "0000", "0x0000")]
    [InlineData("03", "ffff", "8000", "0x2aab")]
    [InlineData("ffffffffffffffff", "02", "010000000000000000", "0x000000000000000001")]
    [InlineData("00000000000000000003", "000000000003", "0000000007", "0x0000000006")]
    public void Edges_follow_eip_198(string @base, string exponent, string modulus, string result) =>
        Assert.Equal(result, Hex.Encode(Compute(Hex.Decode(@base), Hex.Decode(exponent), Hex.Decode(modulus))));

    /// <summary>EIP-198's example: Fermat's little theorem for the field of secp256k1.</summary>
    [Fact]
    public void The_example_of_eip_198()
    {
        var p = Secp256k1Field.Prime;
        Assert.Equal(UInt256.One.ToBigEndian(), Compute([3], (p - 1).ToBigEndian(), p.ToBigEndian()));
    }

    [Fact]
    public void A_result_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => ModExp.Compute([1], [1], [1, 2], new byte[1]));
}
