using BenchmarkDotNet.Attributes;
using Grid.Crypto;
using Grid.Crypto.Bls12381;
using Grid.Primitives;

namespace Grid.Benchmarks;

/// <summary>
/// The precompiles of EIP-2537 and EIP-4844 as they are called, decoding and checks of subgroups included. Gas over microseconds is Mgas/s: additions cost
/// 375 and 600 gas, sums 12,000 k and 22,500 k less the discount (519 and 524 thousandths at 128), pairings 37,700 + 32,600 k, maps 5,500 and 23,800, a
/// point evaluation 50,000.
/// </summary>
public class Bls12381Benchmarks
{
    private readonly byte[] _output = new byte[Eip2537.G2Length];
    private readonly byte[] _element = new byte[64];
    private readonly byte[] _element2 = new byte[128];
    private readonly byte[] _commitment = new byte[Kzg.PointLength];
    private readonly byte[] _zero = new byte[Kzg.ElementLength];
    private readonly byte[] _one = UInt256.One.ToBigEndian();
    private byte[] _addG1 = [], _addG2 = [], _sumG1 = [], _sumG2 = [], _pairs = [];

    /// <summary>Points of a sum, or pairs of a pairing check.</summary>
    [Params(1, 2, 16, 128)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(2537);
        byte[] RandomG1() => Encode(MultiScalar.Sum<Fp, G1>([G1.Generator], [Scalar(random)]).ToAffine());
        byte[] RandomG2() => Encode(MultiScalar.Sum<Fp2, G2>([G2.Generator], [Scalar(random)]).ToAffine());
        _addG1 = [.. RandomG1(), .. RandomG1()];
        _addG2 = [.. RandomG2(), .. RandomG2()];
        _sumG1 = [.. Enumerable.Range(0, Count).SelectMany(_ => RandomG1().Concat(Scalar(random).ToBigEndian()))];
        _sumG2 = [.. Enumerable.Range(0, Count).SelectMany(_ => RandomG2().Concat(Scalar(random).ToBigEndian()))];
        _pairs = [.. Enumerable.Range(0, Count).SelectMany(_ => RandomG1().Concat(RandomG2()))];
        random.NextBytes(_element.AsSpan(17));
        random.NextBytes(_element2.AsSpan(17, 47));
        random.NextBytes(_element2.AsSpan(81));
        // The generator, compressed: as commitment and proof it is wrong, which takes as long as being right.
        Convert.FromHexString("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb").CopyTo(_commitment, 0);
    }

    [Benchmark]
    public bool G1Add() => Eip2537.TryAddG1(_addG1, _output);

    [Benchmark]
    public bool G2Add() => Eip2537.TryAddG2(_addG2, _output);

    [Benchmark]
    public bool G1Msm() => Eip2537.TrySumG1(_sumG1, _output);

    [Benchmark]
    public bool G2Msm() => Eip2537.TrySumG2(_sumG2, _output);

    [Benchmark]
    public bool PairingCheck() => Eip2537.TryCheckPairing(_pairs, _output);

    [Benchmark]
    public bool MapToG1() => Eip2537.TryMapToG1(_element, _output);

    [Benchmark]
    public bool MapToG2() => Eip2537.TryMapToG2(_element2, _output);

    [Benchmark]
    public bool KzgPointEvaluation() => Kzg.VerifyProof(_commitment, _one, _zero, _commitment);

    private static UInt256 Scalar(Random random) =>
        new((ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64() >> 1);

    private static byte[] Encode(in AffinePoint<Fp> point)
    {
        var bytes = new byte[Eip2537.G1Length];
        PointEncoding.Write(in point, bytes);
        return bytes;
    }

    private static byte[] Encode(in AffinePoint<Fp2> point)
    {
        var bytes = new byte[Eip2537.G2Length];
        PointEncoding.Write(in point, bytes);
        return bytes;
    }
}
