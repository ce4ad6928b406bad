using Grid.Primitives;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>Accounts after a block (execution-apis, eth/state.yaml).</summary>
internal static class StateMethods
{
    public static async ValueTask<RpcAnswer> GetBalance(RpcContext context, RpcParameters parameters)
    {
        var (address, block) = (parameters.Address(0), parameters.Block(1));
        return RpcAnswer.Quantity((await context.Grid.Reader.GetAccount(address, block.Selector)).Balance);
    }

    /// <summary>For "pending", the first nonce that neither the head nor the pool has used.</summary>
    public static async ValueTask<RpcAnswer> GetTransactionCount(RpcContext context, RpcParameters parameters)
    {
        var (address, block) = (parameters.Address(0), parameters.Block(1));
        var nonce = (await context.Grid.Reader.GetAccount(address, block.Selector)).Nonce;
        return RpcAnswer.Quantity(block.IsPending ? Math.Max(nonce, await context.Grid.GetNextNonceAsync(address)) : nonce);
    }

    public static async ValueTask<RpcAnswer> GetCode(RpcContext context, RpcParameters parameters)
    {
        var (address, block) = (parameters.Address(0), parameters.Block(1));
        return RpcAnswer.Data((await context.Grid.Reader.GetCode(address, block.Selector)).Code);
    }

    public static async ValueTask<RpcAnswer> GetStorageAt(RpcContext context, RpcParameters parameters)
    {
        var (address, slot, block) = (parameters.Address(0), StorageKey.Parse(parameters.Required(1), 1).Slot, parameters.Block(2));
        return RpcAnswer.Data(Hash256.FromWord(await context.Grid.Reader.GetStorage(address, slot, block.Selector)));
    }
}
