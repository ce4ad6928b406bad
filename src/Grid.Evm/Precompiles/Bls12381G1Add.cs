using Grid.Crypto.Bls12381;

namespace Grid.Evm.Precompiles;

/// <summary>0x0b: the sum of two points of the curve over Fp (EIP-2537).</summary>
internal sealed class Bls12381G1Add : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) => 375;

    public override int OutputLength(ReadOnlySpan<byte> input) => Eip2537.G1Length;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Eip2537.G1Length;
        return Eip2537.TryAddG1(input, output);
    }
}
