using System.Numerics;

namespace Grid.Node.Bench.Precompiles;

/// <summary>BLS12-381 (EIP-2537) and the point evaluation on it (EIP-4844), checked as BN254 is; maps and the evaluation against known answers.</summary>
internal static class Bls12381Cases
{
    private const int Evaluation = 0x0a, Pairing = 0x0f, MapToG1 = 0x10, MapToG2 = 0x11;

    private static readonly BigInteger Order = BigInteger.Parse("52435875175126190479447740508185965837690552500527637822603658699938581184513");

    /// <summary>A group: its precompiles, and its generator as EIP-2537 encodes it.</summary>
    private sealed record Group(string Name, int Add, int Multiply, byte[] Generator)
    {
        public byte[] Times(BigInteger scalar) => PrecompileBenchmark.Call(Multiply, Generator, PrecompileCases.Word(scalar));
    }

    private static readonly Group First = new("g1", 0x0b, 0x0c, Coordinates(
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
        "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"));

    private static readonly Group Second = new("g2", 0x0d, 0x0e, Coordinates(
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
        "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
        "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
        "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be"));

    /// <summary>The first vectors of go-ethereum's tests for these precompiles.</summary>
    private static readonly PrecompileCase[] KnownAnswers =
    [
        new("bls_map_g1/random", MapToG1, Coordinates("14406e5bfb9209256a3820879a29ac2f62d6aca82324bf3ae2aa7d3c54792043bd8c791fccdb080c1a52dc68b8b69350"), Coordinates(
            "0d7721bcdb7ce1047557776eb2659a444166dc6dd55c7ca6e240e21ae9aa18f529f04ac31d861b54faf3307692545db7",
            "108286acbdf4384f67659a8abe89e712a504cb3ce1cba07a716869025d60d499a00d1da8cdc92958918c222ea93d87f0")),
        new("bls_map_g2/random", MapToG2, Coordinates(
            "14406e5bfb9209256a3820879a29ac2f62d6aca82324bf3ae2aa7d3c54792043bd8c791fccdb080c1a52dc68b8b69350",
            "0e885bb33996e12f07da69073e2c0cc880bc8eff26d2a724299eb12d54f4bcf26f4748bb020e80a7e3794a7b0e47a641"), Coordinates(
            "0d029393d3a13ff5b26fe52bd8953768946c5510f9441f1136f1e938957882db6adbd7504177ee49281ecccba596f2bf",
            "1993f668fb1ae603aefbb1323000033fcb3b65d8ed3bf09c84c61e27704b745f540299a1872cd697ae45a5afd780f1d6",
            "079cb41060ef7a128d286c9ef8638689a49ca19da8672ea5c47b6ba6dbde193ee835d3b87a76a689966037c07159c10d",
            "17c688ae9a8b59a7069c27f2d58dd2196cb414f4fb89da8510518a1142ab19d158badd1c3bad03408fafb1669903cd6c")),
        new("kzg_point_evaluation/random", Evaluation, Convert.FromHexString(
            "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
            + "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a18f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
            + "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a"),
            [.. PrecompileCases.Word(4_096), .. PrecompileCases.Word(Order)]),
    ];

    public static IEnumerable<PrecompileCase> All()
    {
        foreach (var call in KnownAnswers)
        {
            yield return call;
        }
        var random = new Random(381);
        foreach (var group in new[] { First, Second })
        {
            foreach (var call in SumsAndMultiples(group, random))
            {
                yield return call;
            }
        }
        foreach (var count in new[] { 1, 2, 4, 16, 64 })
        {
            var scalars = Scalars(random, count - 1);
            scalars.Add(count == 1 ? 12_345 : (2 * Order) - (Sum(scalars) % Order));
            var input = scalars.SelectMany(scalar => First.Times(scalar % Order).Concat(Second.Generator)).ToArray();
            yield return new($"bls_pairing/{count}", Pairing, input, PrecompileCases.Word(count == 1 ? 0 : 1));
        }
    }

    private static IEnumerable<PrecompileCase> SumsAndMultiples(Group group, Random random)
    {
        BigInteger a = PrecompileCases.Scalar(random, Order), b = PrecompileCases.Scalar(random, Order);
        byte[] p = group.Times(a), q = group.Times(b);
        yield return new($"bls_{group.Name}_add/random", group.Add, [.. p, .. q], group.Times((a + b) % Order));
        yield return new($"bls_{group.Name}_add/double", group.Add, [.. p, .. p], group.Times(2 * a % Order));
        foreach (var (name, scalar) in new[] { ("random", b), ("all_ones", (BigInteger.One << 256) - 1) })
        {
            yield return new($"bls_{group.Name}_msm/1_{name}", group.Multiply, [.. p, .. PrecompileCases.Word(scalar)], group.Times(a * scalar % Order));
        }
        foreach (var count in new[] { 2, 4, 16, 64, 128, 256 })
        {
            List<BigInteger> points = Scalars(random, count), scalars = Scalars(random, count);
            var input = points.Zip(scalars).SelectMany(pair => group.Times(pair.First).Concat(PrecompileCases.Word(pair.Second))).ToArray();
            yield return new($"bls_{group.Name}_msm/{count}", group.Multiply, input, group.Times(Sum(points.Zip(scalars, (point, scalar) => point * scalar)) % Order));
        }
    }

    private static List<BigInteger> Scalars(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => PrecompileCases.Scalar(random, Order))];

    private static BigInteger Sum(IEnumerable<BigInteger> values) => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);

    /// <summary>Numbers of 48 bytes as EIP-2537 encodes them: 16 zeros before each.</summary>
    private static byte[] Coordinates(params string[] numbers) => [.. numbers.SelectMany(number => new byte[16].Concat(Convert.FromHexString(number)))];
}
