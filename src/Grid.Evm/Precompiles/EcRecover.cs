using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Precompiles;

/// <summary>0x01: the address that signed a hash (Yellow Paper, appendix E.1); no output where no key fits.</summary>
internal sealed class EcRecover : Precompile
{
    private const int InputLength = 128;

    public override long GasCost(ReadOnlySpan<byte> input) => 3_000;

    public override int OutputLength(ReadOnlySpan<byte> input) => 32;

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        Span<byte> padded = stackalloc byte[InputLength];
        padded.Clear();
        input[..Math.Min(input.Length, InputLength)].CopyTo(padded);
        var v = UInt256.FromBigEndian(padded[32..64]);
        length = 0;
        if (!v.FitsUInt64 || v.U0 is not (27 or 28))
        {
            return true;
        }
        var r = UInt256.FromBigEndian(padded[64..96]);
        var s = UInt256.FromBigEndian(padded[96..]);
        if (Secp256k1.TryRecover(new Hash256(padded[..32]), in r, in s, (int)v.U0 - 27, out var address))
        {
            output[..12].Clear();
            address.Span.CopyTo(output[12..]);
            length = 32;
        }
        return true;
    }
}
