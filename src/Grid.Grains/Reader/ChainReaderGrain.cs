using Grid.Chain;
using Grid.Grains.Lanes;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Snapshots;
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
    SiloSnapshot snapshot,
    SiloHead siloHead,
    IJournal journal,
    BlockCache blocks,
    LogSearch logs,
    MessageRunner messages,
    StateFetcher fetcher,
    ClusterReporter reporter,
    GrainLoad load) : Grain, IChainReaderGrain, ICountedGrain
{
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

    public async Task<AccountView> GetAccount(Address address, BlockSelector block)
    {
        var (record, number) = await ReadAccount(address, block);
        return new AccountView(address, record.Nonce, record.Balance, record.CodeHash, record.StorageRoot, number);
    }

    public async Task<CodeView> GetCode(Address address, BlockSelector block)
    {
        var values = await Read(block, new StateQueryParts([], [], [address]));
        return new CodeView(values.Codes[0]?.Bytes ?? []);
    }

    public async Task<UInt256> GetStorage(Address address, UInt256 slot, BlockSelector block)
    {
        var values = await Read(block, new StateQueryParts([], [new SlotKey(address, slot)], []));
        return values.Slots[0];
    }

    public async Task<CallOutcome> Call(CallRequest request, BlockSelector block) => await messages.CallAsync(request, await View(block));

    public async Task<EstimateOutcome> EstimateGas(CallRequest request, BlockSelector block) => await messages.EstimateAsync(request, await View(block));

    public Task<ClusterReport> GetClusterReport() => reporter.ReportAsync();

    private async Task<(AccountRecord Record, ulong Number)> ReadAccount(Address address, BlockSelector block)
    {
        var view = await View(block);
        var state = new FetchedState(view);
        if (!state.TryGetAccount(in address, out var record))
        {
            await fetcher.FetchAsync(state, [address], [], []);
            state.TryGetAccount(in address, out record);
        }
        return (record ?? AccountRecord.Empty, view.Number);
    }

    private async Task<StateValues> Read(BlockSelector block, StateQueryParts parts)
    {
        var view = await View(block);
        var (accounts, slots, codes) = parts;
        var query = new StateQuery(view.Number, accounts, slots, codes);
        if (StateLookup.TryAnswer(view, query) is { } here)
        {
            return here;
        }
        var state = new FetchedState(view);
        await fetcher.FetchAsync(state, [.. accounts, .. codes], slots, codes);
        return StateLookup.TryAnswer(state, query) ?? throw new StateMovedException(view.Number);
    }

    private ValueTask<StateView> Head() => siloHead.GetAsync();

    private async ValueTask<StateView> View(BlockSelector block)
    {
        var head = await Head();
        var number = await Number(block, head.Number) ?? throw new BlockNotFoundException();
        return snapshot.At(number) ?? throw new StateUnavailableException(number, snapshot.OldestNumber);
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

    private readonly record struct StateQueryParts(Address[] Accounts, SlotKey[] Slots, Address[] Codes);
}
