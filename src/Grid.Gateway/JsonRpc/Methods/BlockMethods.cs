using Grid.Gateway.Json;
using Grid.Grains.Reader;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>Blocks (execution-apis, eth/block.yaml).</summary>
internal static class BlockMethods
{
    public static async ValueTask<RpcAnswer> BlockNumber(RpcContext context, RpcParameters parameters) =>
        RpcAnswer.Quantity((await context.Grid.Reader.GetChainInfo()).Head.Number);

    public static ValueTask<RpcAnswer> GetBlockByNumber(RpcContext context, RpcParameters parameters) =>
        GetBlock(context, parameters.BlockNumber(0).Selector, ReadFull(parameters));

    public static ValueTask<RpcAnswer> GetBlockByHash(RpcContext context, RpcParameters parameters) =>
        GetBlock(context, BlockSelector.Of(parameters.Hash(0)), ReadFull(parameters));

    public static ValueTask<RpcAnswer> GetBlockTransactionCountByNumber(RpcContext context, RpcParameters parameters) =>
        Count(context, parameters.BlockNumber(0).Selector, static view => view.Block.Transactions.Length);

    public static ValueTask<RpcAnswer> GetBlockTransactionCountByHash(RpcContext context, RpcParameters parameters) =>
        Count(context, BlockSelector.Of(parameters.Hash(0)), static view => view.Block.Transactions.Length);

    public static ValueTask<RpcAnswer> GetUncleCountByBlockNumber(RpcContext context, RpcParameters parameters) =>
        Count(context, parameters.BlockNumber(0).Selector, static view => view.Block.Ommers.Length);

    public static ValueTask<RpcAnswer> GetUncleCountByBlockHash(RpcContext context, RpcParameters parameters) =>
        Count(context, BlockSelector.Of(parameters.Hash(0)), static view => view.Block.Ommers.Length);

    public static async ValueTask<RpcAnswer> GetBlockReceipts(RpcContext context, RpcParameters parameters)
    {
        var view = await context.Grid.Reader.GetReceipts(parameters.RequiredBlock(0).Selector);
        if (view is null)
        {
            return RpcAnswer.Null;
        }
        var blobGasPrice = BlobFees.PriceIn(view.Block.Header, context.Grid.Chain.Spec);
        return RpcAnswer.Of(writer =>
        {
            writer.WriteStartArray();
            var logs = 0;
            for (var i = 0; i < view.Receipts.Length; i++)
            {
                var receipt = new ReceiptView(view.Block.Transactions[i], view.Receipts[i], view.Block.Header, i, logs);
                ReceiptJson.Write(writer, receipt, in blobGasPrice);
                logs += view.Receipts[i].Logs.Length;
            }
            writer.WriteEndArray();
        });
    }

    private static bool ReadFull(RpcParameters parameters) => parameters.TryGet(1, out _) && parameters.Boolean(1);

    private static async ValueTask<RpcAnswer> GetBlock(RpcContext context, BlockSelector selector, bool fullTransactions)
    {
        var view = await context.Grid.Reader.GetBlock(selector);
        return view is null ? RpcAnswer.Null : RpcAnswer.Of(writer => BlockJson.Write(writer, view, fullTransactions));
    }

    private static async ValueTask<RpcAnswer> Count(RpcContext context, BlockSelector selector, Func<BlockView, int> count)
    {
        var view = await context.Grid.Reader.GetBlock(selector);
        return view is null ? RpcAnswer.Null : RpcAnswer.Quantity((ulong)count(view));
    }
}
