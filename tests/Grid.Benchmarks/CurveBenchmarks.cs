using BenchmarkDotNet.Attributes;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Benchmarks;

/// <summary>BN254 on bytes, as its precompiles use it, and the verification over secp256r1.</summary>
public class CurveBenchmarks
{
    private readonly byte[] _pair = Convert.FromHexString(
        "00000000000000000000000000000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000000000002"
        + "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");

    private readonly byte[] _signature = Convert.FromHexString(
        "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4da73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
        + "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d604aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
        + "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e");

    private readonly byte[] _point = new byte[64];
    private readonly byte[] _multiplication = new byte[96];
    private readonly byte[] _addition = new byte[128];
    private UInt256 _field;

    [GlobalSetup]
    public void Setup()
    {
        _pair.AsSpan(0, 64).CopyTo(_multiplication);
        Keccak256.OfEmpty.Span.CopyTo(_multiplication.AsSpan(64));
        Bn254.TryMultiply(_multiplication, _point);
        _pair.AsSpan(0, 64).CopyTo(_addition);
        _point.CopyTo(_addition, 64);
        _field = Keccak256.OfEmpty.ToWord() % Bn254Field.Prime;
    }

    [Benchmark]
    public bool Bn254Add() => Bn254.TryAdd(_addition, _point);

    [Benchmark]
    public bool Bn254Multiply() => Bn254.TryMultiply(_multiplication, _point);

    [Benchmark]
    public bool Bn254Pairing() => Bn254.TryCheckPairing(_pair, out _);

    [Benchmark]
    public bool P256Verify() => P256.Verify(Word(0), Word(1), Word(2), Word(3), Word(4));

    [Benchmark]
    public UInt256 Inverse() => ModularInverse.Odd(in _field, in Bn254Field.Prime);

    private UInt256 Word(int index) => UInt256.FromBigEndian(_signature.AsSpan(32 * index, 32));
}
