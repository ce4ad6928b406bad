using System.Diagnostics;
using Grid.Chain;
using Grid.Execution;
using Grid.Execution.Import;
using Grid.Grains.Lanes;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;

namespace Grid.Grains.Coordinator;

/// <summary>
/// The steps from ordered transactions to a committed block: execute, apply, seal, append, publish, notify. It holds the head and
/// the slices' roots after it, and changes them in one place, after the append.
/// </summary>
/// <remarks>
/// Safe because the coordinator grain lets one call in at a time, and because of two blocks at most one is past its execution: the next one may be ordered and executed on a
/// sealed block (the tip) while that is appended, but is applied only when everybody has been told of it. When a step throws, the head here hasn't moved; the
/// block may or may not be in the journal, so the coordinator recovers from the journal before it tries again. What was executed on it is dropped.
/// </remarks>
internal sealed class CommitProtocol(
    GridOptions options,
    ShardLayout layout,
    SiloDirectory silos,
    ShardRoots shards,
    IJournal journal,
    BlockCache blocks,
    IFaultPoints faults,
    IGrainFactory grains,
    BackgroundWork background)
{
    private readonly LostStorage _lostStorage = new(options, layout, grains);
    private ulong _sequence;
    private ChainEnd _head, _tip;
    private SliceRoot[] _sliceRoots = [];
    private BlockAttempt? _held;

    public ulong FencingNumber { get; private set; }

    public BlockHeader Head => _head.Header;

    /// <summary>The block that the next one follows: the head, or a sealed one that is on its way into the journal.</summary>
    public BlockHeader Tip => _tip.Header;

    /// <summary>The last publication.</summary>
    public BlockPublication Published { get; private set; } = null!;

    /// <summary>Whether the shards are where they belong, as far as silos have come or gone since they were brought there.</summary>
    public bool IsSettled => shards.AreSettled;

    /// <summary>Takes the journal over, and brings every shard to its place and to the head.</summary>
    /// <exception cref="StateRootMismatchException">The shards don't have the head's state.</exception>
    public async Task RecoverAsync()
    {
        await shards.SettleAsync();
        FencingNumber = await journal.TakeFencingNumberAsync();
        var head = await journal.ReadHeadAsync() ?? throw new StorageException(StorageError.Incompatible, "the journal has no genesis block");
        var attempt = new BlockAttempt(head.Number, FencingNumber, _sequence++);
        var roots = await shards.RecoverAsync(attempt, reload: false);
        var stateRoot = StateRoot.Combine(roots);
        if (stateRoot != head.StateRoot)
        {
            // A shard that is at the head's height believes its memory; where that isn't this journal's state, store and journal decide.
            roots = await shards.RecoverAsync(attempt, reload: true);
            stateRoot = StateRoot.Combine(roots);
        }
        if (stateRoot != head.StateRoot)
        {
            throw new StateRootMismatchException(head.Number, head.StateRoot, stateRoot);
        }
        // What was decoded before may be of a chain that the journal no longer has.
        blocks.Clear();
        var block = await blocks.GetAsync(head.Number) ?? throw new StorageException(StorageError.Corrupt, $"the journal lacks its head {head.Number}");
        (_sliceRoots, TotalDifficulty) = (roots, head.TotalDifficulty);
        MoveTo(new ChainEnd(block.Block.Header, await BlockHashWindow.ReadAsync(journal, head.Number)));
        Published = new BlockPublication(attempt, Head);
        await shards.PublishAsync(Published);
    }

    /// <summary>Has the pools come to where they belong.</summary>
    public Task SettlePoolsAsync() => shards.SettlePoolsAsync();

    /// <summary>What all pools offer after the tip.</summary>
    public Task<TransactionBatch[]> CollectOffersAsync(OfferRequest request) => shards.CollectOffersAsync(request, _held);

    /// <summary>Whether another coordinator has committed blocks.</summary>
    public async ValueTask<bool> IsOvertakenAsync() => await journal.ReadHeadAsync() is { } head && head.Hash != Head.Hash;

    /// <summary>The environment of the block after the tip.</summary>
    public BlockEnvironment Next(BlockAttributes attributes) => BlockEnvironment.Next(options.Genesis.Spec, Tip, attributes, _tip.Hashes);

    /// <summary>The hashes of the blocks up to the head, for BLOCKHASH.</summary>
    public BlockHashWindow Hashes => _head.Hashes;

    /// <summary>The sum of the difficulties from genesis up to the head.</summary>
    public UInt256 TotalDifficulty { get; private set; }

    /// <summary>Whether the next block comes after the merge: only such blocks are made here, earlier ones can be imported.</summary>
    public bool IsMerged => options.Genesis.Spec.TerminalTotalDifficulty is { } terminal && TotalDifficulty >= terminal;

    /// <summary>The head and the blocks before it, from it backwards; fewer where the chain is shorter.</summary>
    public async ValueTask<Block[]> ReadLastBlocksAsync(int count)
    {
        var last = new List<Block>(count);
        for (var number = Head.Number; last.Count < count; number--)
        {
            if (await blocks.GetAsync(number) is { } block)
            {
                last.Add(block.Block);
            }
            if (number == 0)
            {
                break;
            }
        }
        return [.. last];
    }

    public Task<ExecutedBlock> ExecuteAsync(BlockWork block) => silos.LaneOf(silos.Local).Execute(block);

    /// <summary>Applies an execution's changes everywhere; returns the state root that they make.</summary>
    public async Task<AppliedBlock> ApplyAsync(BlockExecution execution)
    {
        execution = await WithIntermediateRootsAsync(execution);
        if (await _lostStorage.FindAsync(execution.AccessList, Head.Number) is { } lost)
        {
            execution = execution with { AccessList = execution.AccessList.WithLostStorage(lost) };
        }
        var attempt = NextAttempt();
        var start = Stopwatch.GetTimestamp();
        // What doesn't need the state root is hashed and encoded beside the shards' work.
        var body = background.Run(() => EncodedBody.Of(execution, options.Lanes));
        var parts = AccessListPart.Split(execution.AccessList, layout);
        var roots = await shards.ApplyAsync(attempt, _sliceRoots, parts);
        var applyMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await faults.ReachAsync(FaultPoint.Applied, attempt.Number);
        return new AppliedBlock(attempt, execution, parts, roots, StateRoot.Combine(roots), await body, applyMs);
    }

    private BlockAttempt NextAttempt() => new(Head.Number + 1, FencingNumber, _sequence++);

    /// <summary>
    /// Receipts before Byzantium hold the state root after their transaction: the shards apply what the block has changed up to each one, as
    /// a try that the next one takes back.
    /// </summary>
    private async Task<BlockExecution> WithIntermediateRootsAsync(BlockExecution execution)
    {
        if (execution.IntermediateLists.Length == 0)
        {
            return execution;
        }
        var receipts = new Receipt[execution.Receipts.Length];
        for (var i = 0; i < receipts.Length; i++)
        {
            var roots = await shards.ApplyAsync(NextAttempt(), _sliceRoots, AccessListPart.Split(execution.IntermediateLists[i], layout));
            receipts[i] = execution.Receipts[i].WithPostStateRoot(StateRoot.Combine(roots));
        }
        return execution with { Receipts = receipts, IntermediateLists = [] };
    }

    /// <summary>Appends a sealed block to the journal: the commit. Then tells silos and pools.</summary>
    /// <exception cref="CoordinatorFencedException">Another coordinator has taken over.</exception>
    public async Task CommitAsync(Block block, AppliedBlock applied)
    {
        await faults.ReachAsync(FaultPoint.Sealed, block.Header.Number);
        var totalDifficulty = TotalDifficulty + block.Header.Difficulty;
        var record = ToRecord(block, in totalDifficulty, applied.Body);
        if (await journal.AppendAsync(record, FencingNumber) != AppendOutcome.Committed)
        {
            throw new CoordinatorFencedException(FencingNumber);
        }
        (_sliceRoots, TotalDifficulty) = (applied.SliceRoots, totalDifficulty);
        MoveTo(_head.Next(block.Header));
        blocks.Add(new DecodedBlock(block, applied.Execution.Receipts, record.Block.Length));
        await faults.ReachAsync(FaultPoint.Appended, block.Header.Number);
        Published = new BlockPublication(applied.Attempt, block.Header);
        var told = await shards.PublishAsync(Published);
        await faults.ReachAsync(FaultPoint.Published, block.Header.Number);
        await NotifyPools(block.Header.Number, applied.Parts, told);
    }

    /// <summary>Makes a sealed block the tip while it is appended: the next one can be ordered and executed, and is applied after the commit.</summary>
    public Task HoldAsync(Block block, AppliedBlock applied)
    {
        if (Head.Hash == block.Hash)
        {
            return Task.CompletedTask;
        }
        (_tip, _held) = (_head.Next(block.Header), applied.Attempt);
        return shards.HoldAsync(new BlockPublication(applied.Attempt, block.Header));
    }

    /// <summary>Gives up what wasn't committed.</summary>
    public void GiveUp() => MoveTo(_head);

    private void MoveTo(ChainEnd head) => (_head, _tip, _held) = (head, head, null);

    private static JournalBlock ToRecord(Block block, in UInt256 totalDifficulty, EncodedBody body)
    {
        return new JournalBlock(
            block.Header.Number,
            block.Hash,
            block.Header.ParentHash,
            block.Header.StateRoot,
            totalDifficulty,
            block.Encode(body.Transactions),
            body.Receipts,
            body.AccessList,
            body.Hashes,
            body.Senders);
    }

    /// <summary>Tells pools what the block changed in their shard's accounts, among which their senders are: those that no silo has told.</summary>
    private Task NotifyPools(ulong number, AccessListPart[] parts, HashSet<int> told) => Task.WhenAll(parts
        .Select((part, shard) => (Part: part, Shard: shard))
        .Where(x => x.Part.Accounts.Length > 0 && !told.Contains(x.Shard))
        .Select(x => grains.GetGrain<ITransactionPoolGrain>(x.Shard).Included(new IncludedNotice(number, x.Part))));
}

/// <summary>A block and the hashes up to it.</summary>
internal readonly record struct ChainEnd(BlockHeader Header, BlockHashWindow Hashes)
{
    public ChainEnd Next(BlockHeader header) => new(header, Hashes.Next(header.Hash));
}

/// <summary>A try that all shards have applied.</summary>
/// <param name="Execution">With what its receipts need of the state.</param>
internal sealed record AppliedBlock(
    BlockAttempt Attempt, BlockExecution Execution, AccessListPart[] Parts, SliceRoot[] SliceRoots, Hash256 StateRoot, EncodedBody Body, double ApplyMs) : IAppliedState
{
    BodyRoots IAppliedState.Roots => Body.Roots;
}
