namespace Grid.Evm.Precompiles;

/// <summary>A precompile of the protocol that this build lacks: calling it ends the transaction with <see cref="Halt.PrecompileUnavailable"/>.</summary>
internal sealed class Unavailable : Precompile
{
    public override bool IsAvailable => false;

    public override long GasCost(ReadOnlySpan<byte> input) => long.MaxValue;

    public override int OutputLength(ReadOnlySpan<byte> input) => 0;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = 0;
        return false;
    }
}
