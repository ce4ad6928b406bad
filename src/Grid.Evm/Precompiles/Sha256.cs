using System.Security.Cryptography;

namespace Grid.Evm.Precompiles;

/// <summary>0x02: SHA-256 (Yellow Paper, appendix E.1).</summary>
internal sealed class Sha256 : Precompile
{
    public override long GasCost(ReadOnlySpan<byte> input) => ByWord(60, 12, input);

    public override int OutputLength(ReadOnlySpan<byte> input) => SHA256.HashSizeInBytes;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = SHA256.HashData(input, output);
        return true;
    }
}
