using System.Numerics;
using BenchmarkDotNet.Attributes;
using Grid.Primitives;

namespace Grid.Benchmarks;

/// <summary>The EVM's arithmetic on full words, beside System.Numerics.BigInteger doing the same with its wrapping.</summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class UInt256Benchmarks
{
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    private readonly UInt256 _a = new(0x123456789ABCDEF1, 0x9876543210FEDCBA, 0x1111222233334444, 0xF0F1F2F3F4F5F6F7);
    private readonly UInt256 _b = new(0xA23456789ABCDEF1, 0x1876543210FEDCBA, 0x9111222233334444, 0x70F1F2F3F4F5F6F7);
    private readonly UInt256 _m = new(0x3C208C16D87CFD47, 0x97816A916871CA8D, 0xB85045B68181585D, 0x30644E72E131A029);
    private readonly UInt256 _short = new(1_000_000_000_000_000_000);
    private BigInteger _bigA, _bigB, _bigM, _bigShort;

    [GlobalSetup]
    public void Setup() => (_bigA, _bigB, _bigM, _bigShort) = (_a, _b, _m, _short);

    [Benchmark, BenchmarkCategory("add")]
    public UInt256 Add() => _a + _b;

    [Benchmark(Baseline = true), BenchmarkCategory("add")]
    public BigInteger BigAdd() => (_bigA + _bigB) % Modulus;

    [Benchmark, BenchmarkCategory("mul")]
    public UInt256 Multiply() => _a * _b;

    [Benchmark(Baseline = true), BenchmarkCategory("mul")]
    public BigInteger BigMultiply() => _bigA * _bigB % Modulus;

    [Benchmark, BenchmarkCategory("div 256/256")]
    public UInt256 Divide() => _a / _b;

    [Benchmark(Baseline = true), BenchmarkCategory("div 256/256")]
    public BigInteger BigDivide() => _bigA / _bigB;

    [Benchmark, BenchmarkCategory("div 256/64")]
    public UInt256 DivideByShort() => _a / _short;

    [Benchmark(Baseline = true), BenchmarkCategory("div 256/64")]
    public BigInteger BigDivideByShort() => _bigA / _bigShort;

    [Benchmark, BenchmarkCategory("addmod")]
    public UInt256 AddMod() => UInt256.AddMod(_a, _b, _m);

    [Benchmark(Baseline = true), BenchmarkCategory("addmod")]
    public BigInteger BigAddMod() => (_bigA + _bigB) % _bigM;

    [Benchmark, BenchmarkCategory("mulmod")]
    public UInt256 MulMod() => UInt256.MulMod(_a, _b, _m);

    [Benchmark(Baseline = true), BenchmarkCategory("mulmod")]
    public BigInteger BigMulMod() => _bigA * _bigB % _bigM;

    [Benchmark, BenchmarkCategory("exp")]
    public UInt256 Exp() => UInt256.Exp(_a, _b);

    [Benchmark(Baseline = true), BenchmarkCategory("exp")]
    public BigInteger BigExp() => BigInteger.ModPow(_bigA, _bigB, Modulus);

    [Benchmark, BenchmarkCategory("shift")]
    public UInt256 Shift() => _a >> 96;

    [Benchmark(Baseline = true), BenchmarkCategory("shift")]
    public BigInteger BigShift() => _bigA >> 96;
}
