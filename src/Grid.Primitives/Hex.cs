using System.Buffers;

namespace Grid.Primitives;

/// <summary>Hexadecimal text: `0x` and two lower-case digits a byte when written; any case, with or without `0x`, when read.</summary>
public static class Hex
{
    public static string Encode(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Decodes exactly as many bytes as the destination has.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        text = WithoutPrefix(text);
        return text.Length == destination.Length * 2
            && Convert.FromHexString(text, destination, out _, out _) == OperationStatus.Done;
    }

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        text = WithoutPrefix(text);
        bytes = (text.Length & 1) == 0 ? new byte[text.Length / 2] : [];
        return (text.Length & 1) == 0 && TryDecode(text, bytes.AsSpan());
    }

    /// <exception cref="FormatException">An odd number of digits, or another character.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text) =>
        TryDecode(text, out var bytes) ? bytes : throw new FormatException($"Not hexadecimal: '{text[..Math.Min(text.Length, 40)]}'.");

    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
}
