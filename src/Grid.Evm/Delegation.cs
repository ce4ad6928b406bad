using Grid.Primitives;

namespace Grid.Evm;

/// <summary>The delegation designator of EIP-7702: code that is 0xef0100 and the address of the account whose code runs.</summary>
public static class Delegation
{
    public const int Length = 3 + Address.Length;

    public static bool TryParse(ReadOnlySpan<byte> code, out Address target)
    {
        if (code.Length == Length && code[0] == 0xef && code[1] == 0x01 && code[2] == 0x00)
        {
            target = new Address(code[3..]);
            return true;
        }
        target = default;
        return false;
    }

    public static byte[] Encode(in Address target)
    {
        var code = new byte[Length];
        code[0] = 0xef;
        code[1] = 0x01;
        target.Span.CopyTo(code.AsSpan(3));
        return code;
    }
}
