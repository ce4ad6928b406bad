using Grid.Crypto.Bls12381;

namespace Grid.Evm.Precompiles;

/// <summary>0x0f: whether a product of pairings is 1 (EIP-2537).</summary>
internal sealed class Bls12381Pairing : Precompile
{
    private const long FixedGas = 37_700;
    private const long PairGas = 32_600;

    public override long GasCost(ReadOnlySpan<byte> input) => FixedGas + (PairGas * (input.Length / Eip2537.PairingPairLength));

    public override int OutputLength(ReadOnlySpan<byte> input) => Eip2537.PairingOutputLength;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Eip2537.PairingOutputLength;
        return Eip2537.TryCheckPairing(input, output);
    }
}
