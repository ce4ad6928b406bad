using System.Text.Json;
using Grid.Chain;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc;

/// <summary>Reads the transaction object of eth_call and eth_estimateGas (execution-apis, GenericTransaction).</summary>
internal static class CallParameter
{
    public static CallRequest Parse(RpcParameters parameters, int argument)
    {
        var value = parameters.Required(argument);
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw HexValue.Invalid(argument, "expected a transaction object");
        }
        RefuseUnsupported(value, argument);
        var (maxFee, maxPriorityFee) = ReadFees(value, argument);
        return new CallRequest
        {
            From = Optional(value, "from", argument, HexValue.Address) ?? default,
            To = Optional(value, "to", argument, HexValue.Address),
            GasLimit = Optional(value, "gas", argument, HexValue.QuantityUInt64),
            MaxFeePerGas = maxFee,
            MaxPriorityFeePerGas = maxPriorityFee,
            Value = Optional(value, "value", argument, HexValue.Quantity) ?? default,
            Data = ReadData(value, argument),
            AccessList = Present(value, "accessList", out var list) ? ReadAccessList(list, argument) : [],
        };
    }

    private static (UInt256? MaxFee, UInt256? MaxPriorityFee) ReadFees(JsonElement value, int argument)
    {
        var gasPrice = Optional(value, "gasPrice", argument, HexValue.Quantity);
        var maxFee = Optional(value, "maxFeePerGas", argument, HexValue.Quantity);
        var maxPriorityFee = Optional(value, "maxPriorityFeePerGas", argument, HexValue.Quantity);
        if (gasPrice is null)
        {
            return (maxFee, maxPriorityFee);
        }
        return maxFee is null && maxPriorityFee is null
            ? (gasPrice, gasPrice)
            : throw new RpcException(RpcError.Refused("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified"));
    }

    private static byte[] ReadData(JsonElement value, int argument)
    {
        var data = Present(value, "data", out var first) ? HexValue.Data(first, argument) : null;
        var input = Present(value, "input", out var second) ? HexValue.Data(second, argument) : null;
        if (data is not null && input is not null && !data.AsSpan().SequenceEqual(input))
        {
            throw new RpcException(RpcError.Refused("both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data"));
        }
        return input ?? data ?? [];
    }

    private static AccessListEntry[] ReadAccessList(JsonElement list, int argument)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw HexValue.Invalid(argument, "accessList: expected an array");
        }
        var entries = new AccessListEntry[list.GetArrayLength()];
        for (var i = 0; i < entries.Length; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Object || !Present(list[i], "address", out var address))
            {
                throw HexValue.Invalid(argument, "accessList: expected objects with an address");
            }
            entries[i] = new AccessListEntry(HexValue.Address(address, argument), ReadKeys(list[i], argument));
        }
        return entries;
    }

    private static UInt256[] ReadKeys(JsonElement entry, int argument)
    {
        if (!Present(entry, "storageKeys", out var keys))
        {
            return [];
        }
        if (keys.ValueKind != JsonValueKind.Array)
        {
            throw HexValue.Invalid(argument, "storageKeys: expected an array");
        }
        return [.. keys.EnumerateArray().Select(key => HexValue.Hash(key, argument).ToWord())];
    }

    /// <summary>A call with these fields would be executed as another one: it is refused instead.</summary>
    private static void RefuseUnsupported(JsonElement value, int argument)
    {
        foreach (var name in (ReadOnlySpan<string>)["authorizationList", "blobVersionedHashes", "blobs"])
        {
            if (Present(value, name, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0)
            {
                throw HexValue.Invalid(argument, $"{name} is not supported in calls");
            }
        }
    }

    private static bool Present(JsonElement value, string name, out JsonElement property) =>
        value.TryGetProperty(name, out property) && property.ValueKind != JsonValueKind.Null;

    private static T? Optional<T>(JsonElement value, string name, int argument, Func<JsonElement, int, T> read)
        where T : struct => Present(value, name, out var property) ? read(property, argument) : null;
}
