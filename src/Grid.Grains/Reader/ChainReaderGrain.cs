using System.Diagnostics;
using Grid.Chain;
using Grid.Grains.Load;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Snapshots;
using Grid.Grains.Snapshots.Past;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;
using Orleans.Concurrency;

namespace Grid.Grains.Reader;

/// <inheritdoc cref="IChainReaderGrain"/>
/// <remarks>
/// Safe although several activations of it answer at once and calls interleave: it has no state of its own, and all that it reads is
/// immutable or guards itself.
/// </remarks>
[StatelessWorker, Reentrant]
public sealed class ChainReaderGrain(
    GridOptions options,
    ShardLayout layout,
    PastStates states,
    SiloHead siloHead,
    IJournal journal,
    BlockCache blocks,
    LogSearch logs,
    MessageRunner messages,
    AccountProver prover,
    ClusterReporter reporter,
    GrainLoad load) : Grain, IChainReaderGrain, ICountedGrain
{
    /// <summary>Shards that move from one silo to another are there again after some hundred milliseconds.</summary>
    private static readonly TimeSpan MoveInterval = TimeSpan.FromMilliseconds(50), MovePatience = TimeSpan.FromSeconds(3);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        load.Of(nameof(ChainReaderGrain)).Activated();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        load.Of(nameof(ChainReaderGrain)).Deactivated();
        return Task.CompletedTask;
    }

    public Task<ChainDescription> DescribeChain() => Task.FromResult(ChainDescription.Of(options));

    public async Task<ChainInfo> GetChainInfo()
    {
        var head = (await Head()).Header;
        var spec = options.Genesis.Spec;
        var genesis = await GetBlock(BlockSelector.Earliest) ?? throw new BlockNotFoundException();
        var next = BlockEnvironment.Next(spec, head, new BlockAttributes(head.Timestamp + 1, options.Beneficiary, head.GasLimit), new BlockHashWindow(head.Number, []));
        return new ChainInfo(spec.ChainId, genesis.Block.Hash, head, next.BaseFeePerGas, next.BaseFeePerBlobGas);
    }

    public async Task<BlockView?> GetBlock(BlockSelector block) =>
        await Find(block) is { } found ? new BlockView(found.Block, found.SizeBytes) : null;

    public async Task<BlockReceipts?> GetReceipts(BlockSelector block) =>
        await Find(block) is { } found ? new BlockReceipts(found.Block, found.Receipts) : null;

    public async Task<TransactionView?> GetTransaction(Hash256 hash)
    {
        if (await FindIncluded(hash) is { } included)
        {
            return included;
        }
        var found = await Task.WhenAll(Enumerable.Range(0, layout.Count).Select(shard => GrainFactory.GetGrain<ITransactionPoolGrain>(shard).Find(hash)));
        // One that no pool has may have left it for a block since the first look.
        return Array.Find(found, x => x is not null) is { } pooled ? new TransactionView(pooled.Transaction, null, 0) : await FindIncluded(hash);
    }

    private async ValueTask<TransactionView?> FindIncluded(Hash256 hash) => await FindTransaction(hash) is { } included
        ? new TransactionView(included.Block.Block.Transactions[included.Index], included.Block.Block.Header, included.Index)
        : null;

    public async Task<ReceiptView?> GetReceipt(Hash256 transactionHash)
    {
        if (await FindTransaction(transactionHash) is not { } found)
        {
            return null;
        }
        var (block, index) = found;
        var firstLog = 0;
        for (var i = 0; i < index; i++)
        {
            firstLog += block.Receipts[i].Logs.Length;
        }
        return new ReceiptView(block.Block.Transactions[index], block.Receipts[index], block.Block.Header, index, firstLog);
    }

    public async Task<LogView[]> GetLogs(LogQuery query)
    {
        await Head();
        return await logs.SearchAsync(query);
    }

    public Task<AccountView> GetAccount(Address address, BlockSelector block) => WithState(block, async state =>
    {
        var record = await state.ReadAccountAsync(address) ?? AccountRecord.Empty;
        return new AccountView(address, record.Nonce, record.Balance, record.CodeHash, record.StorageRoot, state.Number);
    });

    public Task<CodeView> GetCode(Address address, BlockSelector block) => WithState(block, async state => new CodeView((await state.ReadCodeAsync(address))?.Bytes ?? []));

    public Task<UInt256> GetStorage(Address address, UInt256 slot, BlockSelector block) => WithState(block, state => state.ReadStorageAsync(address, slot).AsTask());

    public async Task<ProofView> GetProof(Address address, UInt256[] slots, BlockSelector block)
    {
        if (slots.Length > options.ProofSlotsMax)
        {
            throw new ProofLimitException(slots.Length, options.ProofSlotsMax);
        }
        // Opened, so that what can't be read is refused before anybody is asked.
        using var state = await Open(block);
        if (!state.CanBeProved)
        {
            throw new ProofUnavailableException(state.Number, await states.OldestProvableAsync());
        }
        return await prover.ProveAsync(state.Header, address, slots);
    }

    public Task<CallOutcome> Call(CallRequest request, BlockSelector block) => WithState(block, state => messages.CallAsync(request, state));

    public Task<EstimateOutcome> EstimateGas(CallRequest request, BlockSelector block) => WithState(block, state => messages.EstimateAsync(request, state));

    public Task<ClusterReport> GetClusterReport() => reporter.ReportAsync();

    private ValueTask<StateView> Head() => siloHead.GetAsync();

    /// <summary>Reads the state after a block; once more where a part of it is on its way from one silo to another.</summary>
    private async Task<T> WithState<T>(BlockSelector block, Func<PastState, Task<T>> read)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var state = await Open(block);
                return await read(state);
            }
            catch (Lanes.StateMovedException) when (Stopwatch.GetElapsedTime(start) < MovePatience)
            {
                await Task.Delay(MoveInterval);
            }
        }
    }

    /// <summary>The state after a block.</summary>
    private async ValueTask<PastState> Open(BlockSelector block)
    {
        var head = await Head();
        return await states.OpenAsync(await Number(block, head.Number) ?? throw new BlockNotFoundException());
    }

    /// <summary>The height that is meant; null where there is no such block, or none that this silo shows yet.</summary>
    private async ValueTask<ulong?> Number(BlockSelector block, ulong head)
    {
        ulong? number = block.Tag switch
        {
            BlockTag.Latest => head,
            BlockTag.Earliest => 0,
            BlockTag.Number => block.Number,
            _ => await journal.FindBlockAsync(block.Hash),
        };
        return number <= head ? number : null;
    }

    private async ValueTask<DecodedBlock?> Find(BlockSelector block)
    {
        var head = await Head();
        return await Number(block, head.Number) is { } number ? await blocks.GetAsync(number) : null;
    }

    private async ValueTask<(DecodedBlock Block, int Index)?> FindTransaction(Hash256 hash)
    {
        var head = await Head();
        return await journal.FindTransactionAsync(hash) is { } location && location.BlockNumber <= head.Number
            && await blocks.GetAsync(location.BlockNumber) is { } block
            ? (block, location.Index)
            : null;
    }
}
