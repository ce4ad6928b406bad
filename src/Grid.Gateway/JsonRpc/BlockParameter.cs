using System.Text.Json;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc;

/// <summary>
/// A block as a caller names it. Committed blocks are final and nothing is executed beyond the head, so "safe", "finalized" and
/// "pending" are the head; the transaction count alone tells pending from latest.
/// </summary>
internal readonly record struct BlockParameter(BlockSelector Selector, bool IsPending = false)
{
    public static readonly BlockParameter Latest = new(BlockSelector.Latest);

    public static BlockParameter Parse(JsonElement value, int argument, bool allowHash) => value.ValueKind switch
    {
        JsonValueKind.String => ParseText(value, argument, allowHash),
        JsonValueKind.Object when allowHash => ParseObject(value, argument),
        _ => throw HexValue.Invalid(argument, allowHash ? "expected a block number, tag, hash or object" : "expected a block number or tag"),
    };

    private static BlockParameter ParseText(JsonElement value, int argument, bool allowHash)
    {
        switch (value.GetString())
        {
            case "latest" or "safe" or "finalized":
                return Latest;
            case "pending":
                return new BlockParameter(BlockSelector.Latest, IsPending: true);
            case "earliest":
                return new BlockParameter(BlockSelector.Earliest);
            case { Length: 66 } when allowHash:
                return new BlockParameter(BlockSelector.Of(HexValue.Hash(value, argument)));
            default:
                return new BlockParameter(BlockSelector.At(HexValue.QuantityUInt64(value, argument)));
        }
    }

    /// <summary>EIP-1898. Every block of this chain is canonical, so `requireCanonical` always holds.</summary>
    private static BlockParameter ParseObject(JsonElement value, int argument)
    {
        var hasHash = value.TryGetProperty("blockHash", out var hash) && hash.ValueKind != JsonValueKind.Null;
        var hasNumber = value.TryGetProperty("blockNumber", out var number) && number.ValueKind != JsonValueKind.Null;
        if (hasHash && hasNumber)
        {
            throw HexValue.Invalid(argument, "cannot specify both BlockHash and BlockNumber, choose one or the other");
        }
        if (value.TryGetProperty("requireCanonical", out var canonical) && canonical.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw HexValue.Invalid(argument, "requireCanonical: expected a boolean");
        }
        if (hasHash)
        {
            return new BlockParameter(BlockSelector.Of(HexValue.Hash(hash, argument)));
        }
        return hasNumber && number.ValueKind == JsonValueKind.String
            ? ParseText(number, argument, allowHash: false)
            : throw HexValue.Invalid(argument, "expected blockHash or blockNumber");
    }
}
