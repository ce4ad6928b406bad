using System.Diagnostics;
using Grid.Chain;
using Grid.Execution;
using Grid.Execution.Import;
using Grid.Execution.Waves;
using Grid.Grains.Lanes;
using Grid.Grains.Load;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Grains.Coordinator;

/// <inheritdoc cref="IBlockCoordinatorGrain"/>
/// <remarks>
/// Calls interleave, so that describing the coordinator never waits for a block; the silo's gate lets one call at a time make blocks. Of the blocks of one call
/// the next one is ordered and executed while the one before is appended; it goes no further before that is committed and told, and is dropped when that fails.
/// All of a grain's code runs on one scheduler, so counters need no lock. A second coordinator, during unstable membership or on the other
/// side of a partition, is harmless: whoever took its fencing number last can append, the other one's append is refused,
/// and shards refuse the lower number.
/// </remarks>
[Reentrant]
public sealed partial class BlockCoordinatorGrain : Grain, IBlockCoordinatorGrain, ICountedGrain
{
    /// <summary>
    /// The most time between two looks at the pools, and at the journal: one whose silo died comes back when it is asked, and its word that something waits may
    /// have been lost.
    /// </summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly GridOptions _options;
    private readonly ShardLayout _layout;
    private readonly IFaultPoints _faults;
    private readonly TimeProvider _time;
    private readonly GrainLoad _load;
    private readonly BlockMeter _meter;
    private readonly ILogger<BlockCoordinatorGrain> _logger;
    private readonly CommitProtocol _protocol;
    private readonly BlockGate _gate;
    // Set until a look at the pools found nothing: also at first, because the pools may hold what an earlier activation left.
    private bool _transactionsWait = true;
    private bool _makingWaitingBlocks;
    private long _lookedAt, _comparedAt;
    // Set until the pools have looked at the head that was recovered: the last block may have been committed and told to nobody.
    private bool _poolsMayBeBehind = true;
    private long _blocks, _transactions, _gasUsed, _aborted;
    private StageTimes _lastTimes;

    public BlockCoordinatorGrain(
        GridOptions options,
        ShardLayout layout,
        SiloDirectory silos,
        IJournal journal,
        BlockCache blocks,
        IFaultPoints faults,
        TimeProvider time,
        GrainLoad load,
        BlockMeter meter,
        BlockGate gate,
        BackgroundWork background,
        ShardPins pins,
        ILogger<BlockCoordinatorGrain> logger)
    {
        (_options, _layout, _faults, _time, _load, _meter, _gate, _logger) = (options, layout, faults, time, load, meter, gate, logger);
        _protocol = new CommitProtocol(options, layout, silos, new ShardRoots(silos, layout, pins, GrainFactory, time), journal, blocks, faults, GrainFactory, background);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await _protocol.RecoverAsync();
        LogRecovered(_protocol.Head.Number, _protocol.FencingNumber);
        _load.Of(nameof(BlockCoordinatorGrain)).Activated();
        if (_options.MakeBlocks)
        {
            var period = _options.BlockTime > TimeSpan.Zero ? _options.BlockTime : TimeSpan.FromSeconds(1);
            this.RegisterGrainTimer(MakeWaitingBlocks, new GrainTimerCreationOptions(period, period) { KeepAlive = true, Interleave = true });
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _load.Of(nameof(BlockCoordinatorGrain)).Deactivated();
        return Task.CompletedTask;
    }

    public Task<BlockSummary?> MakeBlock(BlockRequest request) => OneAtATime(() => Make(request));

    public Task<ImportResult> ImportBlock(BlockImport block) => OneAtATime(() => Import(block));

    public Task Recover() => OneAtATime(async () =>
    {
        _poolsMayBeBehind = true;
        await _protocol.RecoverAsync();
        return true;
    });

    public Task Settle() =>
        _protocol.IsSettled && _time.GetElapsedTime(_comparedAt) <= LookInterval ? Task.CompletedTask : OneAtATime(CompareWithJournal);

    /// <summary>
    /// Of two activations Orleans may end the one that took over, and keep the one that is fenced: nothing that is offered fits its head, so that it would
    /// never append, and never learn.
    /// </summary>
    private async Task<bool> CompareWithJournal()
    {
        _comparedAt = _time.GetTimestamp();
        try
        {
            if (!await _protocol.IsOvertakenAsync())
            {
                return false;
            }
        }
        catch (StorageException)
        {
            // While the journal can't be read it can't be written either.
            return false;
        }
        _poolsMayBeBehind = true;
        await _protocol.RecoverAsync();
        return true;
    }

    public async Task TransactionsWait()
    {
        _transactionsWait = true;
        if (_options is { MakeBlocks: true, BlockTime.Ticks: 0 })
        {
            await MakeWaitingBlocks(CancellationToken.None);
        }
    }

    public Task<BlockPublication> GetHead() => Task.FromResult(_protocol.Published);

    public Task<CoordinatorDescription> Describe() => Task.FromResult(new CoordinatorDescription(
        _protocol.FencingNumber, _protocol.Head.Number, _blocks, _transactions, _gasUsed, _lastTimes, _aborted));

    /// <summary>One block by time; with a block time of zero, blocks until nothing waits. One call at a time does the work.</summary>
    private async Task MakeWaitingBlocks(CancellationToken cancellation)
    {
        if (_makingWaitingBlocks)
        {
            return;
        }
        _makingWaitingBlocks = true;
        try
        {
            _transactionsWait |= _time.GetElapsedTime(_lookedAt) > LookInterval;
            while (_transactionsWait && !cancellation.IsCancellationRequested && !_gate.IsClosed)
            {
                await OneAtATime(() => MakeWhileTransactionsWait(cancellation));
                if (_options.BlockTime > TimeSpan.Zero)
                {
                    break;
                }
            }
        }
        catch (SiloUnavailableException) when (_gate.IsClosed)
        {
            // What waits is for the next coordinator.
        }
        finally
        {
            _makingWaitingBlocks = false;
        }
    }

    /// <summary>Blocks until nothing waits, or the next one isn't due yet, or somebody else wants to make one. Each is executed while the one before is appended.</summary>
    private async Task<bool> MakeWhileTransactionsWait(CancellationToken cancellation)
    {
        var commit = Task.CompletedTask;
        try
        {
            while (true)
            {
                _transactionsWait = false;
                _lookedAt = _time.GetTimestamp();
                if (await Prepare(new BlockRequest(), commit) is not { } made)
                {
                    break;
                }
                // More may have been on offer than one block holds.
                _transactionsWait = true;
                commit = Commit(made);
                if (_time.GetElapsedTime(_lookedAt) < _options.BlockTime || cancellation.IsCancellationRequested
                    || _gate.IsClosed || _gate.IsWanted || !_protocol.IsSettled)
                {
                    break;
                }
                // A message to each silo, so only where the next block follows.
                await _protocol.HoldAsync(made.Block, made.Applied);
            }
            await commit;
            return true;
        }
        finally
        {
            // Whatever threw: nobody may enter before it is over.
            await commit.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <exception cref="SiloUnavailableException">The silo stops: the next coordinator will be on another one.</exception>
    private async Task<T> OneAtATime<T>(Func<Task<T>> work)
    {
        if (!await _gate.EnterAsync())
        {
            throw new SiloUnavailableException("The coordinator's silo stops, and makes no more blocks.");
        }
        try
        {
            if (!_protocol.IsSettled)
            {
                LogMembershipChanged(_protocol.Head.Number);
                _poolsMayBeBehind = true;
                await _protocol.RecoverAsync();
            }
            return await work();
        }
        catch (Exception)
        {
            Abandon();
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    private async Task<BlockSummary?> Make(BlockRequest request) => await Prepare(request, Task.CompletedTask) is { } made ? await Commit(made) : null;

    /// <summary>All steps up to the sealed block; null where there is nothing to make one of.</summary>
    /// <param name="before">The commit of the block before: shards and pools hear of this one only after it.</param>
    private async Task<MadeBlock?> Prepare(BlockRequest request, Task before)
    {
        if (!_protocol.IsMerged)
        {
            LogNotMerged(_protocol.Head.Number);
            return null;
        }
        var start = Stopwatch.GetTimestamp();
        var environment = _protocol.Next(ToAttributes(request));
        var transactions = request.Transactions ?? await Order(environment);
        if (transactions.Length == 0 && !request.AllowEmpty)
        {
            return null;
        }
        var orderMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var ordered = Stopwatch.GetTimestamp();
        await _faults.ReachAsync(FaultPoint.Ordered, environment.Header.Number);
        var result = await _protocol.ExecuteAsync(new BlockWork(environment, transactions, ExecutionMode.Build));
        var execution = result.Execution ?? throw new InvalidOperationException($"A block that is made can't be invalid: {result.Error}");
        await _faults.ReachAsync(FaultPoint.Executed, environment.Header.Number);
        await before;
        if (request.Transactions is null)
        {
            await Postpone(transactions, execution.Rejected);
        }
        if (execution.Transactions.Length == 0 && !request.AllowEmpty)
        {
            return null;
        }
        var applied = await _protocol.ApplyAsync(execution);
        start = Stopwatch.GetTimestamp();
        var block = BlockSealer.Seal(execution, applied.StateRoot, applied.Body.Roots);
        var rootMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new MadeBlock(block, applied, execution.Rejected.Length, result.Report, ordered, new StageTimes(
            orderMs, result.Times.PlanMs, result.Times.ExecuteMs, applied.ApplyMs, rootMs, 0, result.Times.ValidateMs));
    }

    private async Task<BlockSummary> Commit(MadeBlock made)
    {
        var start = Stopwatch.GetTimestamp();
        await _protocol.CommitAsync(made.Block, made.Applied);
        var commitMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return Count(made.Block, made.Rejected, made.Ordered, made.Times with { CommitMs = commitMs }, made.Report);
    }

    private async Task<ImportResult> Import(BlockImport import)
    {
        var started = Stopwatch.GetTimestamp();
        var target = new HeadImport(_protocol, _options.Genesis.Spec, import.AccessList);
        // What the shards applied of a block that is refused after that is dropped when the next try names the same parent.
        var error = await BlockImporter.RunAsync(target, import.Block, import.EncodedLength);
        return error.IsNone ? new ImportResult(Count(import.Block, 0, started, target.Times, target.Report), default) : new ImportResult(null, error);
    }

    /// <summary>What the pools offer, in one order.</summary>
    private async Task<Transaction[]> Order(BlockEnvironment environment)
    {
        var request = new OfferRequest(
            environment.BaseFeePerGas, environment.BaseFeePerBlobGas, environment.Header.GasLimit, _options.BlockTransactionsMax);
        if (_poolsMayBeBehind)
        {
            await _protocol.SettlePoolsAsync();
            await Task.WhenAll(Enumerable.Range(0, _layout.Count).Select(shard => GrainFactory.GetGrain<ITransactionPoolGrain>(shard).Refresh()));
            _poolsMayBeBehind = false;
        }
        var offers = await _protocol.CollectOffersAsync(request);
        return OfferMerge.Merge([.. offers.Select(offer => offer.Transactions)], environment.BaseFeePerGas, _options.BlockTransactionsMax);
    }

    /// <summary>
    /// A transaction that a block refused for the sender's account waits in the pool until that changes; one that found no room is
    /// simply offered again.
    /// </summary>
    private Task Postpone(Transaction[] transactions, RejectedTransaction[] rejected)
    {
        var byShard = new Dictionary<int, List<Hash256>>();
        var withoutRoom = new HashSet<Address>();
        foreach (var item in rejected)
        {
            var transaction = transactions[item.Index];
            if (item.Error.Code is TransactionErrorCode.BlockGasLimitExceeded or TransactionErrorCode.BlockBlobGasLimitExceeded or TransactionErrorCode.BlockSizeExceeded)
            {
                withoutRoom.Add(transaction.Sender);
            }
            if (withoutRoom.Contains(transaction.Sender))
            {
                // Those that follow one that found no room have too high a nonce in this block only.
                continue;
            }
            var shard = _layout.ShardOf(transaction.Sender);
            if (!byShard.TryGetValue(shard, out var hashes))
            {
                byShard.Add(shard, hashes = []);
            }
            hashes.Add(transaction.Hash);
        }
        return Task.WhenAll(byShard.Select(x => GrainFactory.GetGrain<ITransactionPoolGrain>(x.Key).Postpone([.. x.Value])));
    }

    private BlockAttributes ToAttributes(BlockRequest request)
    {
        var head = _protocol.Tip;
        var now = (ulong)_time.GetUtcNow().ToUnixTimeSeconds();
        return new BlockAttributes(
            request.Timestamp ?? Math.Max(head.Timestamp + 1, now),
            request.Beneficiary ?? _options.Beneficiary,
            request.GasLimit ?? head.GasLimit)
        {
            PrevRandao = request.PrevRandao ?? Crypto.Keccak256.Hash(head.Hash.Span),
        };
    }

    private BlockSummary Count(Block block, int rejected, long started, StageTimes times, ExecutionReport report)
    {
        _blocks++;
        _transactions += block.Transactions.Length;
        _gasUsed += (long)block.Header.GasUsed;
        _lastTimes = times;
        _meter.Committed(block.Header, block.Transactions.Length, rejected, in times);
        LogBlock(block.Header.Number, block.Transactions.Length, block.Header.GasUsed, times.TotalMs);
        return new BlockSummary(block.Header, block.Transactions.Length, rejected, times, BlockExecutionFigures.Of(report), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>
    /// After a step that threw nobody knows here whether the block is in the journal: this activation ends, and the next call's
    /// recovers.
    /// </summary>
    private void Abandon()
    {
        _aborted++;
        _protocol.GiveUp();
        _meter.Abandoned();
        LogAbandoned(_protocol.Head.Number + 1);
        DeactivateOnIdle();
    }

    /// <summary>A sealed block that is still to be committed.</summary>
    /// <param name="Ordered">The timestamp at which its transactions were in order.</param>
    private sealed record MadeBlock(Block Block, AppliedBlock Applied, int Rejected, ExecutionReport Report, long Ordered, StageTimes Times);

    [LoggerMessage(Level = LogLevel.Information, Message = "Recovered at block {Number} with fencing number {FencingNumber}")]
    private partial void LogRecovered(ulong number, ulong fencingNumber);

    [LoggerMessage(Level = LogLevel.Information, Message = "Silos or pins have come or gone: dividing the shards among them anew, at block {Number}")]
    private partial void LogMembershipChanged(ulong number);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Block {Number}: {Transactions} transactions, {GasUsed} gas, {TotalMs:F1} ms")]
    private partial void LogBlock(ulong number, int transactions, ulong gasUsed, double totalMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No block is made: at block {Number} the chain's total difficulty is below the terminal one, and proof of work isn't done here")]
    private partial void LogNotMerged(ulong number);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Gave up block {Number}; recovering from the journal")]
    private partial void LogAbandoned(ulong number);
}
