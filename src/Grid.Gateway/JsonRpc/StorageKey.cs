using System.Text.Json;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc;

/// <summary>A storage slot as a caller names it: up to 32 bytes in hexadecimal, which geth takes with or without 0x and with an odd number of digits, too.</summary>
/// <param name="IsWhole">Whether all 32 bytes were given.</param>
internal readonly record struct StorageKey(UInt256 Slot, bool IsWhole)
{
    private const int DigitsMax = 64, ShownMax = 80;

    public static StorageKey Parse(JsonElement value, int argument)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw HexValue.Invalid(argument, "expected a hex string");
        }
        var text = value.GetString()!;
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        if (digits.Length > DigitsMax)
        {
            throw Refused("storage key too long (want at most 32 bytes)", text);
        }
        if (digits.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF"))
        {
            throw Refused("invalid hex in storage key", text);
        }
        return new StorageKey(digits.Length == 0 ? UInt256.Zero : UInt256.Parse("0x" + digits), digits.Length >= DigitsMax - 1);
    }

    private static RpcException Refused(string why, string text) =>
        new(RpcErrorCode.InvalidParameters, $"{why}: \"{text[..Math.Min(text.Length, ShownMax)]}\"");
}
