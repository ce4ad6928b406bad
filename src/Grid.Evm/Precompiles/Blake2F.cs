namespace Grid.Evm.Precompiles;

/// <summary>0x09: BLAKE2b's compression function (EIP-152); one gas a round.</summary>
internal sealed class Blake2F : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) =>
        input.Length == Crypto.Blake2F.InputLength ? Crypto.Blake2F.ReadRounds(input) : 0;

    public override int OutputLength(ReadOnlySpan<byte> input) => Crypto.Blake2F.OutputLength;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = Crypto.Blake2F.OutputLength;
        return Crypto.Blake2F.TryCompress(input, output);
    }
}
