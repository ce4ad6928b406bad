using System.Numerics;
using CsCheck;

namespace Grid.Primitives.Tests;

/// <summary>Words for property tests, with the values at which limbs, signs and quotient digits go wrong made likely.</summary>
internal static class Words
{
    public static readonly BigInteger Modulus = BigInteger.One << 256;

    private static readonly ulong[] EdgeLimbs =
    [
        0, 1, 2, 3, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63, (1UL << 63) - 1, (1UL << 63) + 1, 1UL << 32, (1UL << 32) - 1, 0xAAAAAAAAAAAAAAAA,
    ];

    private static readonly Gen<ulong> Limb = Gen.Frequency((2, Gen.ULong), (2, Gen.OneOf(EdgeLimbs)), (1, Gen.Int[0, 63].Select(shift => 1UL << shift)));

    private static readonly UInt256[] EdgeWords = CreateEdges().ToArray();

    public static readonly Gen<UInt256> Any = Gen.Frequency(
        (2, Gen.OneOf(EdgeWords)),
        (3, Gen.Select(Limb, Limb, Limb, Limb, (a, b, c, d) => new UInt256(a, b, c, d))),
        (1, Limb.Select(a => new UInt256(a))),
        (1, Gen.Select(Limb, Limb, (a, b) => new UInt256(a, b, 0, 0))),
        (1, Gen.Select(Limb, Limb, Limb, (a, b, c) => new UInt256(a, b, c, 0))));

    /// <summary>0, 1, MAX, 2^64k ± 1, the largest and smallest two's complement numbers, and the neighbours of each.</summary>
    public static IReadOnlyList<UInt256> Edges => EdgeWords;

    /// <summary>The integer modulo 2^256, as the EVM wraps.</summary>
    public static UInt256 Wrap(BigInteger value) => (UInt256)(((value % Modulus) + Modulus) % Modulus);

    /// <summary>The two's complement reading.</summary>
    public static BigInteger Signed(in UInt256 value) => value.IsNegative ? (BigInteger)value - Modulus : (BigInteger)value;

    private static IEnumerable<UInt256> CreateEdges()
    {
        foreach (var bit in new[] { 0, 8, 32, 63, 64, 127, 128, 191, 192, 255 })
        {
            var power = BigInteger.One << bit;
            for (var offset = -2; offset <= 2; offset++)
            {
                yield return Wrap(power + offset);
                yield return Wrap(-power + offset);
            }
        }
    }
}
