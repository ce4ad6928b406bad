using BenchmarkDotNet.Attributes;
using Grid.Crypto;
using Grid.Primitives;
using Org.BouncyCastle.Crypto.Digests;

namespace Grid.Benchmarks;

/// <summary>One message: an address, a slot, a pair, a full branch node of the trie.</summary>
public class KeccakBenchmarks
{
    private readonly byte[] _hash = new byte[32];
    private readonly KeccakDigest _digest = new(256);
    private byte[] _message = [];

    [Params(20, 32, 64, 532)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _message = new byte[Length];
        new Random(1).NextBytes(_message);
    }

    [Benchmark]
    public void Grid() => Keccak256.Hash(_message, _hash);

    [Benchmark(Baseline = true)]
    public void BouncyCastle()
    {
        _digest.BlockUpdate(_message);
        _digest.DoFinal(_hash);
    }
}

/// <summary>A trie level of 64 nodes, at once and one by one; figures are per message.</summary>
public class KeccakBatchBenchmarks
{
    private const int Count = 64;

    private readonly Hash256[] _hashes = new Hash256[Count];
    private readonly MessageRange[] _ranges = new MessageRange[Count];
    private readonly Address[] _addresses = new Address[Count];
    private byte[] _buffer = [];

    [Params(20, 110, 532)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _buffer = new byte[Count * Length];
        new Random(1).NextBytes(_buffer);
        for (var i = 0; i < Count; i++)
        {
            _ranges[i] = new MessageRange(i * Length, Length);
            _addresses[i] = new Address(_buffer.AsSpan(i * Length, 20));
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Batch() => Keccak256Batch.Hash(_buffer, _ranges, _hashes);

    [Benchmark(OperationsPerInvoke = Count)]
    public void BatchOfAddresses() => Keccak256Batch.Hash20(_addresses, _hashes);

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public void OneByOne()
    {
        for (var i = 0; i < Count; i++)
        {
            _hashes[i] = Keccak256.Hash(_buffer.AsSpan(_ranges[i].Offset, _ranges[i].Length));
        }
    }
}
