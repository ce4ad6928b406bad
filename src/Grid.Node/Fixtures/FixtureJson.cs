using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>A value of a fixture that isn't what its format says.</summary>
public sealed class FixtureFormatException(string message) : FormatException(message);

/// <summary>Reads the values that fixtures write: hexadecimal quantities with any leading zeros, hexadecimal bytes, empty for none.</summary>
public static class FixtureJson
{
    /// <summary>The legacy suites' mark of a number that is wider than its field.</summary>
    private const string BigIntegerMark = "0x:bigint ";

    public static JsonElement Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw new FixtureFormatException($"The field '{name}' is missing.");

    public static JsonElement? OptionalField(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement.ObjectEnumerator Members(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new FixtureFormatException($"An object is wanted, not {element.ValueKind}.");

    public static JsonElement.ArrayEnumerator Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw new FixtureFormatException($"An array is wanted, not {element.ValueKind}.");

    /// <summary>An element of an array.</summary>
    public static JsonElement Item(this JsonElement element, int index) =>
        element.ValueKind == JsonValueKind.Array && index >= 0 && index < element.GetArrayLength()
            ? element[index]
            : throw new FixtureFormatException($"The element {index} of an array is missing.");

    public static string Text(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FixtureFormatException($"Text is wanted, not {element.ValueKind}.");

    public static string? TextOrNull(this JsonElement element) => element.ValueKind == JsonValueKind.Null ? null : element.Text();

    /// <summary>A quantity of up to 256 bits; false where it is wider.</summary>
    public static bool TryGetWord(this JsonElement element, out UInt256 value)
    {
        if (element.ValueKind == JsonValueKind.Number)
        {
            return element.TryGetUInt64(out var number) ? (value = number) == number : throw new FixtureFormatException($"Not a whole number: '{element}'.");
        }
        var text = element.Text().AsSpan();
        if (text.StartsWith(BigIntegerMark))
        {
            text = text[BigIntegerMark.Length..];
        }
        value = UInt256.Zero;
        return text.IsEmpty || UInt256.TryParse(text, out value);
    }

    public static UInt256 Word(this JsonElement element) =>
        element.TryGetWord(out var value) ? value : throw new FixtureFormatException($"Not a word: '{element}'.");

    public static ulong Number(this JsonElement element)
    {
        var word = element.Word();
        return word.FitsUInt64 ? word.LowUInt64 : throw new FixtureFormatException($"Wider than 64 bits: '{element}'.");
    }

    public static UInt256 ToWord(string text) => UInt256.TryParse(text, out var word) ? word : throw new FixtureFormatException($"Not a word: '{Shorten(text)}'.");

    public static Address ToAddress(string text) =>
        Primitives.Address.TryParse(text, out var address) ? address : throw new FixtureFormatException($"Not an address: '{Shorten(text)}'.");

    public static Hash256 ToHash(string text) => Hash256.TryParse(text, out var hash) ? hash : throw new FixtureFormatException($"Not a hash: '{Shorten(text)}'.");

    public static Signer ToSigner(in UInt256 key) =>
        !key.IsZero && key < Secp256k1.Order ? new Signer(in key) : throw new FixtureFormatException("Not a key of secp256k1.");

    public static byte[] ToBytes(string text) => Hex.TryDecode(text, out var bytes) ? bytes : throw new FixtureFormatException($"Not hexadecimal: '{Shorten(text)}'.");

    public static Address Address(this JsonElement element) =>
        Primitives.Address.TryParse(element.Text(), out var address) ? address : throw new FixtureFormatException($"Not an address: '{element}'.");

    public static Hash256 Hash(this JsonElement element) => Hash256.FromWord(element.Word());

    public static byte[] Bytes(this JsonElement element) =>
        Hex.TryDecode(element.Text(), out var bytes) ? bytes : throw new FixtureFormatException($"Not hexadecimal: '{Shorten(element.Text())}'.");

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
