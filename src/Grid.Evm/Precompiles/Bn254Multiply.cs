namespace Grid.Evm.Precompiles;

/// <summary>0x07: a multiple of a point of BN254 (EIP-196), at the price of the fork.</summary>
internal sealed class Bn254Multiply(long gas) : Precompile
{
    public const long GasByzantium = 40_000; // EIP-196
    public const long GasIstanbul = 6_000; // EIP-1108

    public override long GasCost(ReadOnlySpan<byte> input) => gas;

    public override int OutputLength(ReadOnlySpan<byte> input) => Crypto.Bn254.PointLength;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Crypto.Bn254.PointLength;
        return Crypto.Bn254.TryMultiply(input, output);
    }
}
