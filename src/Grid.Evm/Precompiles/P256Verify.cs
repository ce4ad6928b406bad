using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Precompiles;

/// <summary>0x100: 1 for a signature over secp256r1 that is right, no output for anything else (EIP-7951).</summary>
internal sealed class P256Verify : Precompile
{
    /// <summary>hash · r · s · x · y.</summary>
    private const int InputLength = 160;

    public override long GasCost(ReadOnlySpan<byte> input) => 6_900;

    public override int OutputLength(ReadOnlySpan<byte> input) => 32;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = 0;
        if (input.Length == InputLength && P256.Verify(Word(input, 0), Word(input, 1), Word(input, 2), Word(input, 3), Word(input, 4)))
        {
            UInt256.One.WriteBigEndian(output);
            length = 32;
        }
        return true;
    }

    private static UInt256 Word(ReadOnlySpan<byte> input, int index) => UInt256.FromBigEndian(input.Slice(32 * index, 32));
}
