using Grid.Crypto.Bls12381;

namespace Grid.Evm.Precompiles;

/// <summary>0x0c: a sum of multiples of points of G1 (EIP-2537).</summary>
internal sealed class Bls12381G1Msm : Precompile
{
    private const long MultiplicationGas = 12_000;

    public override long GasCost(ReadOnlySpan<byte> input) =>
        Bls12381MsmDiscount.G1.GasCost(input.Length / Eip2537.G1MsmPairLength, MultiplicationGas);

    public override int OutputLength(ReadOnlySpan<byte> input) => Eip2537.G1Length;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Eip2537.G1Length;
        return Eip2537.TrySumG1(input, output);
    }
}
