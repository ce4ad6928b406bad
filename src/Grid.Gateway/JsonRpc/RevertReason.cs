using System.Text;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc;

/// <summary>Reads why a contract reverted: Solidity's Error(string) and Panic(uint256).</summary>
internal static class RevertReason
{
    private const int SelectorLength = 4;
    private const int WordLength = 32;

    private static ReadOnlySpan<byte> ErrorSelector => [0x08, 0xc3, 0x79, 0xa0];

    private static ReadOnlySpan<byte> PanicSelector => [0x4e, 0x48, 0x7b, 0x71];

    /// <summary>geth's sentence: with the reason where the data tells one.</summary>
    public static string Describe(ReadOnlySpan<byte> data) => Decode(data) is { } reason ? $"execution reverted: {reason}" : "execution reverted";

    /// <summary>Null where the data tells no reason.</summary>
    internal static string? Decode(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith(ErrorSelector))
        {
            return DecodeString(data[SelectorLength..]);
        }
        return data.StartsWith(PanicSelector) && data.Length >= SelectorLength + WordLength
            ? DescribePanic(UInt256.FromBigEndian(data.Slice(SelectorLength, WordLength)))
            : null;
    }

    private static string? DecodeString(ReadOnlySpan<byte> arguments)
    {
        if (arguments.Length < 2 * WordLength)
        {
            return null;
        }
        var offset = UInt256.FromBigEndian(arguments[..WordLength]);
        if (!offset.FitsUInt64 || offset.U0 > (ulong)(arguments.Length - WordLength))
        {
            return null;
        }
        var tail = arguments[(int)offset.U0..];
        var length = UInt256.FromBigEndian(tail[..WordLength]);
        return length.FitsUInt64 && length.U0 <= (ulong)(tail.Length - WordLength)
            ? Encoding.UTF8.GetString(tail.Slice(WordLength, (int)length.U0))
            : null;
    }

    /// <summary>Solidity's documentation, "Panic via assert and Error via require".</summary>
    private static string DescribePanic(UInt256 code) => (code.FitsUInt64 ? code.U0 : ulong.MaxValue) switch
    {
        0x00 => "generic panic",
        0x01 => "assert(false)",
        0x11 => "arithmetic underflow or overflow",
        0x12 => "division or modulo by zero",
        0x21 => "enum overflow",
        0x22 => "invalid encoded storage byte array accessed",
        0x31 => "out-of-bounds array access; popping on an empty array",
        0x32 => "out-of-bounds access of an array or bytesN",
        0x41 => "out of memory",
        0x51 => "uninitialized function",
        _ => $"unknown panic code: {code.ToHex()}",
    };
}
