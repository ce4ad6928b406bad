namespace Grid.Evm.Precompiles;

/// <summary>0x03: RIPEMD-160 (Yellow Paper, appendix E.1), padded to a word.</summary>
internal sealed class Ripemd160 : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) => ByWord(600, 120, input);

    public override int OutputLength(ReadOnlySpan<byte> input) => 32;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        output[..12].Clear();
        Crypto.Ripemd160.Hash(input, output[12..]);
        length = 32;
        return true;
    }
}
