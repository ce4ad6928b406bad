using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Grid.Primitives;

namespace Grid.Gateway.Json;

/// <summary>
/// Writes Ethereum's hexadecimal JSON strings: quantities without leading zeros, data with two digits a byte. The text is made
/// in a buffer and written as it is: hexadecimal digits need no escaping, and a block has hundreds of thousands of them.
/// </summary>
internal static class HexJson
{
    private const int StackLimit = 1100;

    public static void WriteQuantityValue(this Utf8JsonWriter writer, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        WriteTrimmed(writer, bytes);
    }

    public static void WriteQuantityValue(this Utf8JsonWriter writer, in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[32];
        value.WriteBigEndian(bytes);
        WriteTrimmed(writer, bytes);
    }

    public static void WriteDataValue(this Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        var length = (bytes.Length * 2) + 4;
        byte[]? rented = null;
        var text = length <= StackLimit ? stackalloc byte[StackLimit] : (rented = ArrayPool<byte>.Shared.Rent(length));
        "\"0x"u8.CopyTo(text);
        Convert.TryToHexStringLower(bytes, text[3..], out var digits);
        text[3 + digits] = (byte)'"';
        writer.WriteRawValue(text[..length], skipInputValidation: true);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public static void WriteQuantity(this Utf8JsonWriter writer, JsonEncodedText name, ulong value)
    {
        writer.WritePropertyName(name);
        writer.WriteQuantityValue(value);
    }

    public static void WriteQuantity(this Utf8JsonWriter writer, JsonEncodedText name, in UInt256 value)
    {
        writer.WritePropertyName(name);
        writer.WriteQuantityValue(in value);
    }

    public static void WriteData(this Utf8JsonWriter writer, JsonEncodedText name, ReadOnlySpan<byte> bytes)
    {
        writer.WritePropertyName(name);
        writer.WriteDataValue(bytes);
    }

    public static void WriteHash(this Utf8JsonWriter writer, JsonEncodedText name, in Hash256 hash) => writer.WriteData(name, hash.Span);

    public static void WriteAddress(this Utf8JsonWriter writer, JsonEncodedText name, in Address address) => writer.WriteData(name, address.Span);

    private static void WriteTrimmed(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        Span<byte> text = stackalloc byte[68];
        Convert.TryToHexStringLower(bytes, text[3..], out var digits);
        var zeros = text.Slice(3, digits - 1).IndexOfAnyExcept((byte)'0');
        var start = zeros < 0 ? digits - 1 : zeros;
        "\"0x"u8.CopyTo(text[start..]);
        text[3 + digits] = (byte)'"';
        writer.WriteRawValue(text[start..(4 + digits)], skipInputValidation: true);
    }
}
