namespace Grid.Evm.Precompiles;

/// <summary>0x08: whether a product of pairings on BN254 is one (EIP-197), at the price of the fork.</summary>
internal sealed class Bn254Pairing(long fixedGas, long pairGas) : Precompile
{
    public const long FixedGasByzantium = 100_000, PairGasByzantium = 80_000; // EIP-197
    public const long FixedGasIstanbul = 45_000, PairGasIstanbul = 34_000; // EIP-1108

    public override long GasCost(ReadOnlySpan<byte> input) => fixedGas + (pairGas * (input.Length / Crypto.Bn254.PairLength));

    public override int OutputLength(ReadOnlySpan<byte> input) => 32;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = 32;
        output[..32].Clear();
        var isValid = Crypto.Bn254.TryCheckPairing(input, out var isOne);
        output[31] = isOne ? (byte)1 : (byte)0;
        return isValid;
    }
}
