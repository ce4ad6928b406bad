using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace Grid.Primitives;

/// <summary>
/// Whether a JSON text is Unicode (RFC 8259, sections 8.1 and 8.2). System.Text.Json looks at strings only when they are asked for, and throws an
/// InvalidOperationException then: what comes from outside is asked about beforehand.
/// </summary>
public static class JsonUnicode
{
    private const int EscapeLength = 6;

    public static bool IsValid(in ReadOnlySequence<byte> json) => IsValid(json.IsSingleSegment ? json.FirstSpan : json.ToArray());

    /// <summary>Whether the bytes are UTF-8, and each escaped half of a surrogate pair has its other half.</summary>
    public static bool IsValid(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }
        for (var next = json.IndexOf((byte)'\\'); next >= 0; next = json.IndexOf((byte)'\\'))
        {
            json = json[next..];
            if (!TryReadEscape(json, out var unit))
            {
                // Another escape, or a malformed one, which a parser refuses.
                json = json[Math.Min(2, json.Length)..];
                continue;
            }
            json = json[EscapeLength..];
            if (char.IsLowSurrogate(unit) || (char.IsHighSurrogate(unit) && !(TryReadEscape(json, out var low) && char.IsLowSurrogate(low))))
            {
                return false;
            }
            json = char.IsHighSurrogate(unit) ? json[EscapeLength..] : json;
        }
        return true;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> json, out char unit)
    {
        unit = default;
        if (json.Length < EscapeLength || json[0] != '\\' || json[1] != 'u'
            || !ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }
        unit = (char)value;
        return true;
    }
}
