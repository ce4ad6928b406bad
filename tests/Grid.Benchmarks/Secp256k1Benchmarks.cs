using BenchmarkDotNet.Attributes;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Benchmarks;

/// <summary>Both engines; without libsecp256k1 the native rows fail.</summary>
public class Secp256k1Benchmarks
{
    private readonly byte[] _publicKey = new byte[64];
    private readonly byte[] _recovered = new byte[64];
    private readonly UInt256 _key = UInt256.Parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    private readonly Hash256 _hash = Keccak256.OfEmpty;
    private ISecp256k1Engine _engine = new Secp256k1Managed();
    private Secp256k1Signature _signature;

    [Params(Secp256k1Engine.Native, Secp256k1Engine.Managed)]
    public Secp256k1Engine Engine { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        if (Engine == Secp256k1Engine.Native)
        {
            _engine = Secp256k1Native.TryLoad() ?? throw new DllNotFoundException("libsecp256k1");
        }
        _engine.TrySign(in _hash, in _key, out _signature);
        _engine.TryGetPublicKey(in _key, _publicKey);
    }

    [Benchmark]
    public bool Recover() => _engine.TryRecover(in _hash, _signature.R, _signature.S, _signature.RecoveryId, _recovered);

    [Benchmark]
    public bool Verify() => _engine.Verify(in _hash, _signature.R, _signature.S, _publicKey);

    [Benchmark]
    public bool Sign() => _engine.TrySign(in _hash, in _key, out _);
}
