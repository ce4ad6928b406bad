using Grid.Gateway.Json;
using Grid.Grains.Reader;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>Transactions and their receipts (execution-apis, eth/transaction.yaml).</summary>
internal static class TransactionMethods
{
    public static async ValueTask<RpcAnswer> GetTransactionByHash(RpcContext context, RpcParameters parameters)
    {
        var view = await context.Grid.Reader.GetTransaction(parameters.Hash(0));
        return view is null ? RpcAnswer.Null : RpcAnswer.Of(writer => TransactionJson.Write(writer, view.Transaction, view.Header, view.Index));
    }

    public static ValueTask<RpcAnswer> GetTransactionByBlockNumberAndIndex(RpcContext context, RpcParameters parameters) =>
        GetByIndex(context, parameters.BlockNumber(0).Selector, parameters.Quantity(1));

    public static ValueTask<RpcAnswer> GetTransactionByBlockHashAndIndex(RpcContext context, RpcParameters parameters) =>
        GetByIndex(context, BlockSelector.Of(parameters.Hash(0)), parameters.Quantity(1));

    public static async ValueTask<RpcAnswer> GetTransactionReceipt(RpcContext context, RpcParameters parameters)
    {
        var view = await context.Grid.Reader.GetReceipt(parameters.Hash(0));
        if (view is null)
        {
            return RpcAnswer.Null;
        }
        var blobGasPrice = BlobFees.PriceIn(view.Header, context.Grid.Chain.Spec);
        return RpcAnswer.Of(writer => ReceiptJson.Write(writer, view, in blobGasPrice));
    }

    private static async ValueTask<RpcAnswer> GetByIndex(RpcContext context, BlockSelector selector, ulong index)
    {
        var view = await context.Grid.Reader.GetBlock(selector);
        return view is null || index >= (ulong)view.Block.Transactions.Length
            ? RpcAnswer.Null
            : RpcAnswer.Of(writer => TransactionJson.Write(writer, view.Block.Transactions[(int)index], view.Block.Header, (int)index));
    }
}
