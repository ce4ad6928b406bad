using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>Turns text into code: names of opcodes, and bytes in hexadecimal for what isn't a name. PUSH without a number takes the shortest.</summary>
internal static class Assembler
{
    private static readonly Dictionary<string, byte> Codes = OpcodeTable.Of(Fork.Osaka).Rows
        .Where(row => row.Name != "UNDEFINED").ToDictionary(row => row.Name, row => row.Code);

    public static byte[] Assemble(string text)
    {
        var code = new List<byte>();
        var tokens = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] == "PUSH")
            {
                code.AddRange(Push(UInt256.Parse("0x" + tokens[++i])));
            }
            else if (Codes.TryGetValue(tokens[i], out var opcode))
            {
                code.Add(opcode);
            }
            else
            {
                code.AddRange(Hex.Decode(tokens[i]));
            }
        }
        return [.. code];
    }

    public static byte[] Push(in UInt256 value)
    {
        var bytes = new byte[32];
        var length = Math.Max(1, value.WriteMinimalBigEndian(bytes));
        return [(byte)(0x5f + length), .. bytes.AsSpan(0, length)];
    }
}
