using Grid.Crypto.Bls12381;

namespace Grid.Evm.Precompiles;

/// <summary>0x0d: the sum of two points of the curve over Fp2 (EIP-2537).</summary>
internal sealed class Bls12381G2Add : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) => 600;

    public override int OutputLength(ReadOnlySpan<byte> input) => Eip2537.G2Length;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Eip2537.G2Length;
        return Eip2537.TryAddG2(input, output);
    }
}
