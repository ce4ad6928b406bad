using System.Collections.Frozen;
using Grid.Gateway.JsonRpc.Methods;

namespace Grid.Gateway.JsonRpc;

/// <summary>All methods. To add one: a function in a file of Methods, and a line here.</summary>
internal static class RpcMethodTable
{
    public static FrozenDictionary<string, RpcMethod> All { get; } = new RpcMethod[]
    {
        new("web3_clientVersion", 0, ClientMethods.ClientVersion),
        new("web3_sha3", 1, ClientMethods.Sha3),
        new("net_version", 0, ClientMethods.NetVersion),
        new("net_listening", 0, ClientMethods.NetListening),
        new("eth_chainId", 0, ClientMethods.ChainId),
        new("eth_syncing", 0, ClientMethods.Syncing),
        new("eth_accounts", 0, ClientMethods.Accounts),
        new("eth_gasPrice", 0, FeeMethods.GasPrice),
        new("eth_maxPriorityFeePerGas", 0, FeeMethods.MaxPriorityFeePerGas),
        new("eth_blobBaseFee", 0, FeeMethods.BlobBaseFee),
        new("eth_baseFee", 0, FeeMethods.BaseFee),
        new("eth_feeHistory", 3, FeeMethods.FeeHistory),
        new("eth_getBalance", 2, StateMethods.GetBalance),
        new("eth_getTransactionCount", 2, StateMethods.GetTransactionCount),
        new("eth_getCode", 2, StateMethods.GetCode),
        new("eth_getStorageAt", 3, StateMethods.GetStorageAt),
        new("eth_getProof", 3, ProofMethods.GetProof),
        new("eth_call", 4, CallMethods.Call),
        new("eth_estimateGas", 4, CallMethods.EstimateGas),
        new("eth_sendRawTransaction", 1, SubmitMethods.SendRawTransaction, SubmitMethods.SendRawTransactions),
        new("eth_getTransactionByHash", 1, TransactionMethods.GetTransactionByHash),
        new("eth_getTransactionByBlockNumberAndIndex", 2, TransactionMethods.GetTransactionByBlockNumberAndIndex),
        new("eth_getTransactionByBlockHashAndIndex", 2, TransactionMethods.GetTransactionByBlockHashAndIndex),
        new("eth_getTransactionReceipt", 1, TransactionMethods.GetTransactionReceipt),
        new("eth_blockNumber", 0, BlockMethods.BlockNumber),
        new("eth_getBlockByNumber", 2, BlockMethods.GetBlockByNumber),
        new("eth_getBlockByHash", 2, BlockMethods.GetBlockByHash),
        new("eth_getBlockTransactionCountByNumber", 1, BlockMethods.GetBlockTransactionCountByNumber),
        new("eth_getBlockTransactionCountByHash", 1, BlockMethods.GetBlockTransactionCountByHash),
        new("eth_getUncleCountByBlockNumber", 1, BlockMethods.GetUncleCountByBlockNumber),
        new("eth_getUncleCountByBlockHash", 1, BlockMethods.GetUncleCountByBlockHash),
        new("eth_getBlockReceipts", 1, BlockMethods.GetBlockReceipts),
        new("eth_getLogs", 1, LogMethods.GetLogs),
        new("evm_mine", 1, DevelopmentMethods.Mine),
    }.ToFrozenDictionary(method => method.Name, StringComparer.Ordinal);
}
