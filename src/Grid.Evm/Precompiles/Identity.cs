namespace Grid.Evm.Precompiles;

/// <summary>0x04: returns its input (Yellow Paper, appendix E.1).</summary>
internal sealed class Identity : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) => ByWord(15, 3, input);

    public override int OutputLength(ReadOnlySpan<byte> input) => input.Length;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        input.CopyTo(output);
        length = input.Length;
        return true;
    }
}
