using System.Text.Json;
using Grid.Grains.Coordinator;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>What development tools ask for beyond the standard: on development chains only.</summary>
internal static class DevelopmentMethods
{
    /// <summary>
    /// Makes a block now, of what waits in the pool or empty. The parameter is the block's timestamp in seconds, or an object with
    /// it, as anvil and Hardhat take it.
    /// </summary>
    public static async ValueTask<RpcAnswer> Mine(RpcContext context, RpcParameters parameters)
    {
        if (!context.Grid.Chain.IsDevelopment)
        {
            return RpcError.NoMethod("evm_mine");
        }
        ulong? timestamp = null;
        if (parameters.TryGet(0, out var value))
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                value = value.TryGetProperty("timestamp", out var inner) ? inner : default;
            }
            timestamp = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : HexValue.HexOrDecimal(value, 0);
        }
        if (timestamp is { } wanted && (await context.Grid.Reader.GetChainInfo()).Head.Timestamp is var head && wanted <= head)
        {
            return RpcError.Refused($"timestamp {wanted} is not after the head's, {head}");
        }
        await context.Grid.MakeBlockAsync(new BlockRequest { AllowEmpty = true, Timestamp = timestamp });
        return RpcAnswer.Text("0x0");
    }
}
