using System.Numerics;

namespace Grid.Node.Bench.Precompiles;

/// <summary>BN254: sums and multiples are checked against each other, pairings by their bilinearity.</summary>
internal static class Bn254Cases
{
    private const int Add = 0x06, Multiply = 0x07, Pairing = 0x08;

    private static readonly BigInteger Order = BigInteger.Parse("21888242871839275222246405745257275088548364400416034343698204186575808495617");

    private static readonly byte[] Generator = [.. PrecompileCases.Word(1), .. PrecompileCases.Word(2)];

    /// <summary>The second group's (EIP-197).</summary>
    private static readonly byte[] SecondGenerator = Convert.FromHexString(
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");

    public static IEnumerable<PrecompileCase> All()
    {
        var random = new Random(254);
        BigInteger a = PrecompileCases.Scalar(random, Order), b = PrecompileCases.Scalar(random, Order);
        byte[] p = Times(a), q = Times(b);
        yield return new("bn254_add/random", Add, [.. p, .. q], Times((a + b) % Order));
        yield return new("bn254_add/double", Add, [.. p, .. p], Times(2 * a % Order));
        yield return new("bn254_add/zero", Add, new byte[128], new byte[64]);
        foreach (var (name, scalar) in new[] { ("random", b), ("order-1", Order - 1), ("all_ones", (BigInteger.One << 256) - 1), ("1", 1) })
        {
            yield return new($"bn254_multiply/{name}", Multiply, [.. p, .. PrecompileCases.Word(scalar)], Ladder(p, scalar));
        }
        foreach (var count in new[] { 0, 1, 2, 4, 16, 64 })
        {
            // The scalars' sum is 0, and so is that of the points; with one pair it can't be.
            var scalars = Enumerable.Range(1, Math.Max(count - 1, 0)).Select(_ => PrecompileCases.Scalar(random, Order)).ToList();
            scalars.Add(count == 1 ? a : (2 * Order) - (scalars.Aggregate(BigInteger.Zero, (sum, scalar) => sum + scalar) % Order));
            var input = scalars.Take(count).SelectMany(scalar => Times(scalar % Order).Concat(SecondGenerator)).ToArray();
            yield return new($"bn254_pairing/{count}", Pairing, input, PrecompileCases.Word(count == 1 ? 0 : 1));
        }
    }

    private static byte[] Times(BigInteger scalar) => PrecompileBenchmark.Call(Multiply, Generator, PrecompileCases.Word(scalar));

    /// <summary>Double and add, with the precompile for sums.</summary>
    private static byte[] Ladder(byte[] point, BigInteger scalar)
    {
        var sum = new byte[64];
        for (var i = (int)scalar.GetBitLength() - 1; i >= 0; i--)
        {
            sum = PrecompileBenchmark.Call(Add, sum, sum);
            sum = ((scalar >> i) & 1).IsZero ? sum : PrecompileBenchmark.Call(Add, sum, point);
        }
        return sum;
    }
}
