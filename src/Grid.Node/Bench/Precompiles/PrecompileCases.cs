using System.Numerics;
using Grid.Primitives;

namespace Grid.Node.Bench.Precompiles;

/// <summary>Inputs that take long for what they cost. They are the same in every run.</summary>
public static class PrecompileCases
{
    public static IEnumerable<PrecompileCase> All() =>
        [.. HashCases.All(), .. SignatureCases.All(), .. ModExpCases.All(), .. Bn254Cases.All(), .. Bls12381Cases.All()];

    /// <summary>0, 1, 2 ... 255, 0, 1 ...</summary>
    public static byte[] Counting(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    public static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A number from 1 to the limit less 1.</summary>
    public static BigInteger Scalar(Random random, BigInteger limit) =>
        1 + (new BigInteger(Random(random, 40), isUnsigned: true) % (limit - 1));

    /// <summary>A word of 32 bytes.</summary>
    public static byte[] Word(BigInteger value) => ((UInt256)value).ToBigEndian();
}
