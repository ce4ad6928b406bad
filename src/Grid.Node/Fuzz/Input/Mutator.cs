using System.Buffers.Binary;
using System.Text;

namespace Grid.Node.Fuzz.Input;

/// <summary>What kind of bytes an input is, as far as mutations go.</summary>
internal enum InputKind : byte
{
    Bytes,

    /// <summary>RLP, or a type byte and RLP.</summary>
    Rlp,

    /// <summary>JSON or another text.</summary>
    Text,
}

/// <summary>Changes inputs: bits, bytes, lengths, numbers, pieces; in RLP also items, in text also tokens.</summary>
internal static class Mutator
{
    private const int MaxChanges = 4, MaxLength = 1 << 20;

    private static readonly byte[] EdgeBytes = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x88, 0xa0, 0xb7, 0xb8, 0xb9, 0xbf, 0xc0, 0xc1, 0xf7, 0xf8, 0xf9, 0xff];

    private static readonly string[] Tokens =
    [
        "null", "true", "0", "-1", "1e400", "18446744073709551616", "9007199254740993", "\"\"", "\"0x\"", "\"0x0\"", "\"0x00\"", "\"0X1\"",
            "\"0xg\"", "\"0x1\"", "\"-0x1\"",
        "\"0xffffffffffffffff\"", "\"0x10000000000000000\"", "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"",
        "\"0x10000000000000000000000000000000000000000000000000000000000000000\"",
            "\"0x:bigint 0x10000000000000000000000000000000000000000000000000000000000000000\"",
        "[]", "{}", "[null]", "[[]]", "{\"\":0}", "\"\\ud800\"", "\"\\u0000\"", "\"latest\"", "1.5", "\"1\"", "[0,0]",
    ];

    public static byte[] Mutate(Dice dice, InputKind kind, byte[] input, Func<byte[]> other)
    {
        var bytes = input;
        for (var i = dice.Between(1, MaxChanges); i > 0; i--)
        {
            bytes = kind switch
            {
                InputKind.Rlp when dice.OneIn(2) => ChangeItem(dice, bytes),
                InputKind.Text when dice.Below(3) > 0 => ChangeToken(dice, bytes),
                _ => ChangeBytes(dice, bytes, other),
            };
        }
        return bytes.Length <= MaxLength ? bytes : bytes[..MaxLength];
    }

    private static byte[] ChangeBytes(Dice dice, byte[] input, Func<byte[]> other)
    {
        if (input.Length == 0)
        {
            return dice.Bytes(dice.Below(16));
        }
        var at = dice.Below(input.Length);
        var end = at + dice.Below(Math.Min(input.Length - at, 64) + 1);
        byte[] bytes = [.. input];
        switch (dice.Below(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << dice.Below(8));
                return bytes;
            case 1:
                bytes[at] = dice.Pick(EdgeBytes);
                return bytes;
            case 2:
                return input[..at];
            case 3:
                return [.. input[..at], .. input[end..]];
            case 4:
                return [.. input[..end], .. input[at..]];
            case 5:
                return [.. input[..at], .. dice.Bytes(dice.Between(1, 9)), .. input[at..]];
            case 6:
                var spliced = other();
                return [.. input[..at], .. spliced.AsSpan(dice.Below(spliced.Length + 1))];
            case 7:
                ChangeNumber(dice, bytes.AsSpan(at));
                return bytes;
            default:
                bytes[at] += (byte)dice.Between(-2, 2);
                return bytes;
        }
    }

    /// <summary>A number of one, two, four or eight bytes becomes another: at a limit, or next to what it was.</summary>
    private static void ChangeNumber(Dice dice, Span<byte> bytes)
    {
        ulong[] edges = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, long.MaxValue, ulong.MaxValue];
        var value = dice.Pick(edges);
        switch (dice.Below(3))
        {
            case 0 when bytes.Length >= 8: BinaryPrimitives.WriteUInt64BigEndian(bytes, value); break;
            case 1 when bytes.Length >= 4: BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value); break;
            case 2 when bytes.Length >= 2: BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value); break;
            default: bytes[0] = (byte)value; break;
        }
    }

    private static byte[] ChangeItem(Dice dice, byte[] input)
    {
        // A typed transaction or receipt has a byte before its list.
        var head = input.Length > 0 && input[0] < 0x80 ? 1 : 0;
        if (!RlpTree.TryParse(input.AsSpan(head), out var tree))
        {
            return input;
        }
        tree.Mutate(dice);
        return [.. input[..head], .. tree.Encode()];
    }

    /// <summary>A JSON value becomes another one, a name another name, or brackets are piled up.</summary>
    private static byte[] ChangeToken(Dice dice, byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var starts = new List<(int Start, int End)>();
        for (var i = 0; i < text.Length && starts.Count < 4_096; i++)
        {
            if (text[i] == '"')
            {
                var end = text.IndexOf('"', i + 1);
                if (end < 0)
                {
                    break;
                }
                starts.Add((i, end + 1));
                i = end;
            }
            else if (char.IsAsciiDigit(text[i]) || text[i] == '-')
            {
                var end = i + 1;
                while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or 'e'))
                {
                    end++;
                }
                starts.Add((i, end));
                i = end - 1;
            }
        }
        if (starts.Count == 0)
        {
            return Encoding.UTF8.GetBytes(dice.Pick(Tokens));
        }
        var (start, stop) = starts[dice.Below(starts.Count)];
        var (from, to) = starts[dice.Below(starts.Count)];
        var replacement = dice.Below(6) switch
        {
            0 => text[from..to],
            1 => string.Concat(Enumerable.Repeat(dice.OneIn(2) ? "[" : "{\"a\":", dice.Pick((int[])[3, 40, 300, 3_000]))),
            2 => $"\"0x{new string('f', dice.Below(140))}\"",
            _ => dice.Pick(Tokens),
        };
        return Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, start), replacement, text.AsSpan(stop)));
    }
}
