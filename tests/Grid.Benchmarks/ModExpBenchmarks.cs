using System.Numerics;
using BenchmarkDotNet.Attributes;
using Grid.Crypto;

namespace Grid.Benchmarks;

/// <summary>Powers with exponents of 256 bits for odd moduli of so many bytes: with vectors, without, and .NET's.</summary>
public class ModExpBenchmarks
{
    private readonly byte[] _exponent = Enumerable.Repeat((byte)0xFF, 32).ToArray();
    private byte[] _base = [], _modulus = [], _result = [];
    private BigInteger _baseNumber, _modulusNumber, _exponentNumber;

    [Params(8, 16, 24, 32, 64, 128, 256, 1_024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(5);
        _base = new byte[Bytes];
        _modulus = new byte[Bytes];
        _result = new byte[Bytes];
        random.NextBytes(_base);
        random.NextBytes(_modulus);
        _modulus[0] |= 0x80;
        _modulus[^1] |= 1;
        _baseNumber = new BigInteger(_base, isUnsigned: true, isBigEndian: true);
        _modulusNumber = new BigInteger(_modulus, isUnsigned: true, isBigEndian: true);
        _exponentNumber = new BigInteger(_exponent, isUnsigned: true, isBigEndian: true);
    }

    [Benchmark]
    public void Grid() => ModExp.Compute(_base, _exponent, _modulus, _result);

    [Benchmark]
    public void WithoutVectors() => ModExp.Compute(_base, _exponent, _modulus, _result, usesVectors: false);

    [Benchmark(Baseline = true)]
    public BigInteger BigIntegers() => BigInteger.ModPow(_baseNumber, _exponentNumber, _modulusNumber);
}
