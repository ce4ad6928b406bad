using Grid.Crypto.Bls12381;

namespace Grid.Evm.Precompiles;

/// <summary>0x10: a point of G1 for an element of Fp (EIP-2537).</summary>
internal sealed class Bls12381MapG1 : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) => 5_500;

    public override int OutputLength(ReadOnlySpan<byte> input) => Eip2537.G1Length;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Eip2537.G1Length;
        return Eip2537.TryMapToG1(input, output);
    }
}
