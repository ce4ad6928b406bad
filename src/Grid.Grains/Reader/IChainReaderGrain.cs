using Grid.Grains.Load;
using Grid.Primitives;

namespace Grid.Grains.Reader;

/// <summary>
/// Answers questions about the chain and the state after its blocks: one activation per silo and core, beside the caller, so
/// reading never passes through the coordinator. What it shows is what its silo has seen committed: a block, its receipts
/// and the state after it appear in the same moment.
/// </summary>
/// <remarks>
/// State older than <see cref="GridOptions.HistoryBlocks"/> before the head, where no history is kept, throws <see cref="StateUnavailableException"/>; a silo that can't be reached throws
/// Orleans' <c>SiloUnavailableException</c>: asking again is safe.
/// </remarks>
[Alias("Grid.IChainReaderGrain")]
public interface IChainReaderGrain : IGrainWithIntegerKey
{
    /// <summary>How long questions may take that execute, search or prove.</summary>
    const string Patience = "00:00:30";

    /// <summary>What never changes: what a gateway must know before it can serve the chain.</summary>
    [Alias("DescribeChain")]
    Task<ChainDescription> DescribeChain();

    [Alias("GetChainInfo")]
    Task<ChainInfo> GetChainInfo();

    /// <summary>Null where there is no such block.</summary>
    [Alias("GetBlock")]
    Task<BlockView?> GetBlock(BlockSelector block);

    /// <summary>The receipts of a block, in the order of its transactions.</summary>
    [Alias("GetReceipts")]
    Task<BlockReceipts?> GetReceipts(BlockSelector block);

    /// <summary>A transaction that was included or waits in the pool; null where neither has it.</summary>
    [Alias("GetTransaction")]
    Task<TransactionView?> GetTransaction(Hash256 hash);

    /// <summary>Null until the transaction is included.</summary>
    [Alias("GetReceipt")]
    Task<ReceiptView?> GetReceipt(Hash256 transactionHash);

    /// <exception cref="LogQueryException">The query asks for more than a limit allows.</exception>
    [Alias("GetLogs"), ResponseTimeout(Patience)]
    Task<LogView[]> GetLogs(LogQuery query);

    [Alias("GetAccount"), ResponseTimeout(Patience)]
    Task<AccountView> GetAccount(Address address, BlockSelector block);

    [Alias("GetCode"), ResponseTimeout(Patience)]
    Task<CodeView> GetCode(Address address, BlockSelector block);

    [Alias("GetStorage"), ResponseTimeout(Patience)]
    Task<UInt256> GetStorage(Address address, UInt256 slot, BlockSelector block);

    /// <summary>An account and some of its slots, with Merkle proofs against the block's state root (EIP-1186).</summary>
    /// <param name="slots">At most <see cref="GridOptions.ProofSlotsMax"/>.</param>
    /// <exception cref="ProofLimitException">More slots than that.</exception>
    /// <exception cref="ProofUnavailableException">The state is only in the history of values before, more than <see cref="GridOptions.ArchiveProofBlocks"/> back.</exception>
    /// <exception cref="ProofTooFarException">More has changed since than <see cref="GridOptions.ArchiveProofChangesMax"/>.</exception>
    [Alias("GetProof"), ResponseTimeout(Patience)]
    Task<ProofView> GetProof(Address address, UInt256[] slots, BlockSelector block);

    /// <summary>Executes a message on the state after a block and throws its changes away.</summary>
    [Alias("Call"), ResponseTimeout(Patience)]
    Task<CallOutcome> Call(CallRequest request, BlockSelector block);

    /// <summary>The least gas limit with which the message succeeds; where none does, the outcome of the failing call.</summary>
    [Alias("EstimateGas"), ResponseTimeout(Patience)]
    Task<EstimateOutcome> EstimateGas(CallRequest request, BlockSelector block);

    /// <summary>The whole cluster in figures; at most half a second old.</summary>
    [Alias("GetClusterReport")]
    Task<ClusterReport> GetClusterReport();
}
