namespace Grid.Evm.Precompiles;

/// <summary>A contract that is part of the protocol.</summary>
public abstract class Precompile
{
    /// <summary><see cref="long.MaxValue"/> where no gas suffices.</summary>
    public abstract long GasCost(ReadOnlySpan<byte> input);

    /// <summary>The bytes that <see cref="TryRun"/> may write; asked after the gas has been found to suffice.</summary>
    public abstract int OutputLength(ReadOnlySpan<byte> input);

    /// <summary>Writes the output; false for input that ends the call exceptionally.</summary>
    public abstract bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length);

    /// <summary>A price that grows with the input's words of 32 bytes.</summary>
    protected static long ByWord(int fixedGas, int wordGas, ReadOnlySpan<byte> input) => fixedGas + (wordGas * (((long)input.Length + 31) / 32));
}
