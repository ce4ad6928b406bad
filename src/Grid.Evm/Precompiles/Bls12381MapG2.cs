using Grid.Crypto.Bls12381;

namespace Grid.Evm.Precompiles;

/// <summary>0x11: a point of G2 for an element of Fp2 (EIP-2537).</summary>
internal sealed class Bls12381MapG2 : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) => 23_800;

    public override int OutputLength(ReadOnlySpan<byte> input) => Eip2537.G2Length;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Eip2537.G2Length;
        return Eip2537.TryMapToG2(input, output);
    }
}
