using System.Buffers.Binary;
using Grid.Crypto;

namespace Grid.Evm.Precompiles;

/// <summary>0x0a: checks a polynomial's value at a point against its commitment and the commitment's hash (EIP-4844).</summary>
internal sealed class KzgPointEvaluation : Precompile
{
    /// <summary>versioned_hash (32) · z (32) · y (32) · commitment (48) · proof (48).</summary>
    private const int InputLength = 192;

    public override long GasCost(ReadOnlySpan<byte> input) => 50_000;

    public override int OutputLength(ReadOnlySpan<byte> input) => 64;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        length = 64;
        if (input.Length != InputLength
            || !Kzg.VersionedHash(input[96..144]).Span.SequenceEqual(input[..32])
            || !Kzg.VerifyProof(input[96..144], input[32..64], input[64..96], input[144..]))
        {
            return false;
        }
        // The field's and the polynomial's size, for callers to rely on.
        output[..64].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(output[28..], Kzg.FieldElementsPerBlob);
        Kzg.BlsModulus.WriteBigEndian(output[32..64]);
        return true;
    }
}
