using Grid.Crypto.Bls12381;

namespace Grid.Evm.Precompiles;

/// <summary>0x0e: a sum of multiples of points of G2 (EIP-2537).</summary>
internal sealed class Bls12381G2Msm : Precompile
{
    private const long MultiplicationGas = 22_500;

    public override long GasCost(ReadOnlySpan<byte> input) =>
        Bls12381MsmDiscount.G2.GasCost(input.Length / Eip2537.G2MsmPairLength, MultiplicationGas);

    public override int OutputLength(ReadOnlySpan<byte> input) => Eip2537.G2Length;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Eip2537.G2Length;
        return Eip2537.TrySumG2(input, output);
    }
}
