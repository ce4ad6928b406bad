using System.Globalization;
using System.Text.Json;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc;

/// <summary>A call's positional parameters. A reader that finds something else than it wants throws geth's -32602.</summary>
internal readonly struct RpcParameters(JsonElement array)
{
    public int Count => array.ValueKind == JsonValueKind.Array ? array.GetArrayLength() : 0;

    public bool TryGet(int index, out JsonElement value)
    {
        value = index < Count ? array[index] : default;
        return value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
    }

    public JsonElement Required(int index) => TryGet(index, out var value)
        ? value
        : throw new RpcException(RpcErrorCode.InvalidParameters, $"missing value for required argument {index}");

    public Address Address(int index) => HexValue.Address(Required(index), index);

    public Hash256 Hash(int index) => HexValue.Hash(Required(index), index);

    public byte[] Data(int index) => HexValue.Data(Required(index), index);

    public ulong Quantity(int index) => HexValue.QuantityUInt64(Required(index), index);

    public bool Boolean(int index) => Required(index).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new RpcException(RpcError.InvalidArgument(index, "expected a boolean")),
    };

    /// <summary>A block's tag, number, hash, or an object with one of them (EIP-1898); the default where it is missing.</summary>
    public BlockParameter Block(int index) => TryGet(index, out var value) ? BlockParameter.Parse(value, index, allowHash: true) : BlockParameter.Latest;

    public BlockParameter RequiredBlock(int index) => BlockParameter.Parse(Required(index), index, allowHash: true);

    public BlockParameter BlockNumber(int index) => BlockParameter.Parse(Required(index), index, allowHash: false);
}

/// <summary>Reads hexadecimal values as geth's hexutil does, with its complaints.</summary>
internal static class HexValue
{
    public static Address Address(JsonElement value, int argument)
    {
        var text = Text(value, argument);
        ExpectLength(text, 20, "address", argument);
        return Primitives.Address.TryParse(text, out var address) ? address : throw Invalid(argument, "invalid hex string");
    }

    public static Hash256 Hash(JsonElement value, int argument)
    {
        var text = Text(value, argument);
        ExpectLength(text, 32, "hash", argument);
        return Hash256.TryParse(text, out var hash) ? hash : throw Invalid(argument, "invalid hex string");
    }

    public static byte[] Data(JsonElement value, int argument)
    {
        var text = Text(value, argument);
        if ((text.Length & 1) != 0)
        {
            throw Invalid(argument, "hex string of odd length");
        }
        return Hex.TryDecode(text, out var bytes) ? bytes : throw Invalid(argument, "invalid hex string");
    }

    public static ulong QuantityUInt64(JsonElement value, int argument)
    {
        var quantity = Quantity(value, argument);
        return quantity.FitsUInt64 ? quantity.U0 : throw Invalid(argument, "hex number > 64 bits");
    }

    public static UInt256 Quantity(JsonElement value, int argument)
    {
        var digits = Text(value, argument).AsSpan(2);
        if (digits.IsEmpty)
        {
            throw Invalid(argument, "hex string \"0x\"");
        }
        if (digits[0] == '0' && digits.Length > 1)
        {
            throw Invalid(argument, "hex number with leading zero digits");
        }
        if (digits.Length > 64)
        {
            throw Invalid(argument, "hex number > 256 bits");
        }
        return UInt256.TryParse(string.Concat("0x", digits), out var result) ? result : throw Invalid(argument, "invalid hex string");
    }

    /// <summary>A quantity in hexadecimal, or a JSON number (geth's HexOrDecimal64).</summary>
    public static ulong HexOrDecimal(JsonElement value, int argument)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetUInt64(out var number) ? number : throw Invalid(argument, "number out of range");
        }
        if (value.ValueKind == JsonValueKind.String && ulong.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
        {
            return parsed;
        }
        return QuantityUInt64(value, argument);
    }

    public static string Text(JsonElement value, int argument)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Invalid(argument, "expected a hex string");
        }
        var text = value.GetString()!;
        if (text.Length == 0)
        {
            throw Invalid(argument, "empty hex string");
        }
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text : throw Invalid(argument, "hex string without 0x prefix");
    }

    public static RpcException Invalid(int argument, string why) => new(RpcError.InvalidArgument(argument, why));

    private static void ExpectLength(string text, int bytes, string type, int argument)
    {
        if (text.Length != 2 + (bytes * 2))
        {
            throw Invalid(argument, $"hex string has length {text.Length - 2}, want {bytes * 2} for {type}");
        }
    }
}
