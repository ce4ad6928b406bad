using System.Text.Json;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc;

/// <summary>Reads eth_getLogs' filter (execution-apis, schemas/filter.yaml).</summary>
internal static class LogFilterParameter
{
    private const int AddressesMax = 1_000;
    private const int TopicsMax = 4;
    private const int AlternativesMax = 1_000;

    public static LogQuery Parse(RpcParameters parameters, int argument)
    {
        var value = parameters.Required(argument);
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw HexValue.Invalid(argument, "expected a filter object");
        }
        var from = Present(value, "fromBlock", out var first) ? BlockParameter.Parse(first, argument, allowHash: false) : (BlockParameter?)null;
        var to = Present(value, "toBlock", out var last) ? BlockParameter.Parse(last, argument, allowHash: false) : (BlockParameter?)null;
        Hash256? blockHash = Present(value, "blockHash", out var hash) ? HexValue.Hash(hash, argument) : null;
        if (blockHash is not null && (from is not null || to is not null))
        {
            throw HexValue.Invalid(argument, "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
        }
        return new LogQuery(
            (from ?? BlockParameter.Latest).Selector,
            (to ?? BlockParameter.Latest).Selector,
            blockHash,
            Present(value, "address", out var address) ? ReadAddresses(address, argument) : [],
            Present(value, "topics", out var topics) ? ReadTopics(topics, argument) : []);
    }

    private static Address[] ReadAddresses(JsonElement value, int argument)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return [HexValue.Address(value, argument)];
        }
        return value.GetArrayLength() <= AddressesMax
            ? [.. value.EnumerateArray().Select(address => HexValue.Address(address, argument))]
            : throw HexValue.Invalid(argument, "exceed max addresses");
    }

    private static Hash256[][] ReadTopics(JsonElement value, int argument)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw HexValue.Invalid(argument, "topics: expected an array");
        }
        return value.GetArrayLength() <= TopicsMax
            ? [.. value.EnumerateArray().Select(position => ReadAlternatives(position, argument))]
            : throw HexValue.Invalid(argument, "exceed max topics");
    }

    /// <summary>Null, or a null among the alternatives, matches any topic.</summary>
    private static Hash256[] ReadAlternatives(JsonElement position, int argument)
    {
        switch (position.ValueKind)
        {
            case JsonValueKind.Null:
                return [];
            case JsonValueKind.Array when position.GetArrayLength() > AlternativesMax:
                throw HexValue.Invalid(argument, "exceed max topics");
            case JsonValueKind.Array:
                return position.EnumerateArray().Any(x => x.ValueKind == JsonValueKind.Null)
                    ? []
                    : [.. position.EnumerateArray().Select(x => HexValue.Hash(x, argument))];
            default:
                return [HexValue.Hash(position, argument)];
        }
    }

    private static bool Present(JsonElement value, string name, out JsonElement property) =>
        value.TryGetProperty(name, out property) && property.ValueKind != JsonValueKind.Null;
}
