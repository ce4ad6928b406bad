using Grid.Chain;
using Grid.Evm;
using Grid.Grains.Clustering;
using Grid.Grains.Coordinator;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.Tests.Hosts;

/// <summary>A grid that has some blocks, and answers as a test tells it.</summary>
internal sealed class FakeGrid : IGridAccess, IChainReaderGrain
{
    private readonly Dictionary<ulong, BlockView> _blocks = [];
    private readonly Dictionary<Hash256, ReceiptView> _receipts = [];
    private BlockHeader _head = new();

    public Func<IReadOnlyList<ReadOnlyMemory<byte>>, Task<IntakeResult[]>> OnSubmit { get; set; } = raw => Task.FromResult(raw.Select(x =>
        new IntakeResult(Crypto.Keccak256.Hash(x.Span), SubmitStatus.Accepted, PoolRefusal.None, default)).ToArray());

    /// <summary>What asking for the chain's head does first.</summary>
    public Func<Task> OnChainInfo { get; set; } = () => Task.CompletedTask;

    public Func<CallRequest, CallOutcome> OnCall { get; set; } = _ => new CallOutcome(CallStatus.Succeeded, [], 0, null, default);

    public Func<CallRequest, EstimateOutcome> OnEstimate { get; set; } = _ => new EstimateOutcome(21_000, null);

    public Func<LogQuery, LogView[]> OnLogs { get; set; } = _ => [];

    public List<int> Submissions { get; } = [];

    public ChainDescription Chain { get; init; } = new(ChainSpec.From(Fork.Osaka, 31337), 1, IsDevelopment: true);

    public IChainReaderGrain Reader => this;

    public int SubmitMax => 10_000;

    public void Add(Block block, int sizeBytes)
    {
        _blocks[block.Header.Number] = new BlockView(block, sizeBytes);
        if (block.Header.Number >= _head.Number)
        {
            _head = block.Header;
        }
    }

    public void Add(ReceiptView receipt) => _receipts[receipt.Transaction.Hash] = receipt;

    public Task<IntakeResult[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> raw)
    {
        Submissions.Add(raw.Count);
        return OnSubmit(raw);
    }

    public Task<ulong> GetNextNonceAsync(Address sender) => Task.FromResult(7UL);

    public Task<BlockSummary?> MakeBlockAsync(BlockRequest request) => Task.FromResult<BlockSummary?>(null);

    public int ShardOf(Address account) => ShardLayout.Sixteen.ShardOf(in account);

    /// <summary>There is one silo, at 10.0.0.1:11111.</summary>
    public Task<PinnedShards> PinAsync(int shard, string? silo) =>
        silo is null or "10.0.0.1:11111" ? Task.FromResult(PinnedShards.None.With(shard, silo)) : throw new ShardPinException($"No silo is active at {silo}.");

    public Task<ChainDescription> DescribeChain() => Task.FromResult(Chain);

    public async Task<ChainInfo> GetChainInfo()
    {
        await OnChainInfo();
        return new ChainInfo(1, default, _head, 10, 1);
    }

    public Task<BlockView?> GetBlock(BlockSelector block) => Task.FromResult(Find(block));

    public Task<BlockReceipts?> GetReceipts(BlockSelector block) => Task.FromResult(Find(block) is { } view
        ? new BlockReceipts(view.Block, [.. view.Block.Transactions.Select(x => _receipts[x.Hash].Receipt)])
        : null);

    public Task<TransactionView?> GetTransaction(Hash256 hash) => Task.FromResult(_blocks.Values
        .SelectMany(view => view.Block.Transactions.Select((transaction, i) => new TransactionView(transaction, view.Block.Header, i)))
        .FirstOrDefault(view => view.Transaction.Hash == hash));

    public Task<ReceiptView?> GetReceipt(Hash256 transactionHash) => Task.FromResult(_receipts.GetValueOrDefault(transactionHash));

    public Task<LogView[]> GetLogs(LogQuery query) => Task.FromResult(OnLogs(query));

    public Task<AccountView> GetAccount(Address address, BlockSelector block) => Find(block) is null && block.Tag is BlockTag.Number or BlockTag.Hash
        ? throw new BlockNotFoundException()
        : Task.FromResult(new AccountView(address, 3, 5, default, default, _head.Number));

    public Task<CodeView> GetCode(Address address, BlockSelector block) => throw new StateUnavailableException(1, 9);

    public Task<UInt256> GetStorage(Address address, UInt256 slot, BlockSelector block) => Task.FromResult(slot + 1);

    public Func<UInt256[], ProofView> OnProof { get; set; } = slots => new ProofView(
        new AccountView(default, 1, 2, default, default, 0), [[0xc1, 0x80]], [.. slots.Select(slot => new SlotProof(slot, slot + 1, [[0xc0]]))]);

    public Task<ProofView> GetProof(Address address, UInt256[] slots, BlockSelector block) => Task.FromResult(OnProof(slots));

    public Task<CallOutcome> Call(CallRequest request, BlockSelector block) => Task.FromResult(OnCall(request));

    public Task<EstimateOutcome> EstimateGas(CallRequest request, BlockSelector block) => Task.FromResult(OnEstimate(request));

    public Task<ClusterReport> GetClusterReport() => throw new TimeoutException("Response did not arrive on time in 00:00:30.");

    private BlockView? Find(BlockSelector block) => block.Tag switch
    {
        BlockTag.Latest => _blocks.GetValueOrDefault(_head.Number),
        BlockTag.Earliest => _blocks.GetValueOrDefault(0UL),
        BlockTag.Number => _blocks.GetValueOrDefault(block.Number),
        _ => _blocks.Values.FirstOrDefault(view => view.Block.Hash == block.Hash),
    };
}
