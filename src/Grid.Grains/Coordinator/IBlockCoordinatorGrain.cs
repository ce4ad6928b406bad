using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Grains.Lanes;
using Grid.Primitives;

namespace Grid.Grains.Coordinator;

/// <summary>Orders transactions, has them executed and applied, and commits blocks. Key: 0.</summary>
[Alias("Grid.IBlockCoordinatorGrain")]
public interface IBlockCoordinatorGrain : IGrainWithIntegerKey
{
    const long Key = 0;

    /// <summary>
    /// Makes a block now: of what the pools offer, or of the given transactions in their order. Null where there was nothing to
    /// include and empty blocks weren't asked for, and on a chain of proof of work, whose blocks can only be imported.
    /// </summary>
    [Alias("MakeBlock")]
    Task<BlockSummary?> MakeBlock(BlockRequest request);

    /// <summary>Executes a given block on the head, checks it against its header, and commits it.</summary>
    [Alias("ImportBlock")]
    Task<ImportResult> ImportBlock(BlockImport block);

    /// <summary>Says that a pool has something to offer. Never waits for a block.</summary>
    [Alias("TransactionsWait"), Orleans.Concurrency.OneWay]
    Task TransactionsWait();

    /// <summary>Recovers from the journal once more, as a new activation would: after the journal was changed from outside.</summary>
    [Alias("Recover")]
    Task Recover();

    /// <summary>Has shards move to where they belong, if silos have come or gone since the last block. Returns at once where none has.</summary>
    [Alias("Settle")]
    Task Settle();

    /// <summary>What was published last: for a silo that has joined since.</summary>
    [Alias("GetHead")]
    Task<BlockPublication> GetHead();

    /// <summary>Makes sure that the coordinator has recovered, and describes it.</summary>
    [Alias("Describe")]
    Task<CoordinatorDescription> Describe();
}

/// <summary>How to make a block. Null fields: what the node's configuration and clock give.</summary>
[GenerateSerializer, Immutable, Alias("Grid.BlockRequest")]
public sealed record BlockRequest
{
    [Id(0)] public bool AllowEmpty { get; init; }

    /// <summary>The transactions in their order, senders known; null: what the pools offer.</summary>
    [Id(1)] public Transaction[]? Transactions { get; init; }

    /// <summary>Seconds since 1970; must be after the parent's.</summary>
    [Id(2)] public ulong? Timestamp { get; init; }

    [Id(3)] public Hash256? PrevRandao { get; init; }

    [Id(4)] public Address? Beneficiary { get; init; }

    [Id(5)] public ulong? GasLimit { get; init; }
}

/// <summary>An RLP-encoded block, decoded where it arrived.</summary>
/// <param name="EncodedLength">Bytes of its RLP; null where it didn't come as RLP.</param>
/// <param name="AccessList">The block's access list in EIP-7928's form, from whoever has it. It is checked, and only speed depends on it.</param>
[GenerateSerializer, Immutable, Alias("Grid.BlockImport")]
public sealed record BlockImport([property: Id(0)] Block Block, [property: Id(1)] int? EncodedLength = null, [property: Id(2)] byte[]? AccessList = null);

/// <summary>Whether the block was committed, or why not.</summary>
[GenerateSerializer, Immutable, Alias("Grid.ImportResult")]
public sealed record ImportResult([property: Id(0)] BlockSummary? Committed, [property: Id(1)] BlockError Error);

/// <summary>A committed block in figures.</summary>
/// <param name="ElapsedMs">From when the coordinator had its transactions until everybody was told of the durable block: all stages but the order, and what is between them.</param>
[GenerateSerializer, Immutable, Alias("Grid.BlockSummary")]
public sealed record BlockSummary(
    [property: Id(0)] BlockHeader Header, [property: Id(1)] int TransactionCount, [property: Id(2)] int Rejected, [property: Id(3)] StageTimes Times,
    [property: Id(4)] BlockExecutionFigures Execution, [property: Id(5)] double ElapsedMs);

/// <summary>How a block was executed.</summary>
/// <param name="Waves">Rounds of execution.</param>
/// <param name="Executions">How often a transaction was executed.</param>
/// <param name="Strands">Groups of transactions that were tied by the plan.</param>
/// <param name="IdealWidth">By the plan: how many times as fast as one lane any number of lanes could be.</param>
/// <param name="Fallback">Why the block, or the rest of it, was executed as one strand.</param>
/// <param name="Sent">Transactions that other silos than the coordinator's executed.</param>
/// <param name="Fetches">Rounds of fetching state from other silos.</param>
/// <param name="AccessList">What became of the access list that came with the block.</param>
[GenerateSerializer, Immutable, Alias("Grid.BlockExecutionFigures")]
public readonly record struct BlockExecutionFigures(
    [property: Id(0)] int Waves, [property: Id(1)] int Executions, [property: Id(2)] int Strands, [property: Id(3)] double IdealWidth,
    [property: Id(4)] FallbackReason Fallback, [property: Id(5)] int Sent, [property: Id(6)] int Fetches,
    [property: Id(7)] AccessListUse AccessList)
{
    public static BlockExecutionFigures Of(ExecutionReport report) =>
        new(report.Waves, report.Executions, report.Strands, report.IdealWidth, report.Fallback, report.Sent, report.Fetches, report.AccessList);
}

/// <summary>What each stage of a block took, in milliseconds.</summary>
[GenerateSerializer, Immutable, Alias("Grid.StageTimes")]
public readonly record struct StageTimes(
    [property: Id(0)] double OrderMs,
    [property: Id(1)] double PlanMs,
    [property: Id(2)] double ExecuteMs,
    [property: Id(3)] double ApplyMs,
    [property: Id(4)] double RootMs,
    [property: Id(5)] double CommitMs,
    [property: Id(6)] double ValidateMs = 0)
{
    /// <summary>From plan to commit.</summary>
    public double TotalMs => PlanMs + ExecuteMs + ValidateMs + ApplyMs + RootMs + CommitMs;
}

/// <summary>The coordinator in figures.</summary>
/// <param name="FencingNumber">Under which it appends.</param>
/// <param name="HeadNumber">The head's height.</param>
/// <param name="Blocks">Blocks that it has committed since it was activated.</param>
/// <param name="Transactions">Transactions in them.</param>
/// <param name="GasUsed">Their gas.</param>
/// <param name="LastTimes">The stages of its last block.</param>
/// <param name="Aborted">Blocks that it gave up, and recovered from.</param>
[GenerateSerializer, Immutable, Alias("Grid.CoordinatorDescription")]
public sealed record CoordinatorDescription(
    [property: Id(0)] ulong FencingNumber,
    [property: Id(1)] ulong HeadNumber,
    [property: Id(2)] long Blocks,
    [property: Id(3)] long Transactions,
    [property: Id(4)] long GasUsed,
    [property: Id(5)] StageTimes LastTimes,
    [property: Id(6)] long Aborted);
