using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Primitives;

namespace Grid.Grains.Pool;

/// <summary>
/// The pending and queued transactions of the senders of one shard (key: the shard's number): in nonce order per sender, with
/// limits per sender and in all, replacement by price, and expiry.
/// </summary>
[Alias("Grid.ITransactionPoolGrain")]
public interface ITransactionPoolGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Checks the transactions against the head and the pool, makes the admitted ones durable in one group commit, and only
    /// then answers: one result each, in order. Every sender is known and belongs to this shard.
    /// </summary>
    [Alias("Submit")]
    Task<SubmitResult[]> Submit(TransactionBatch batch);

    /// <summary>The best transactions that may run next, in an order that a block may have them in.</summary>
    /// <param name="pending">What a block does that is on its way into the journal: the offer is for the one after it. Null where there is none.</param>
    [Alias("Offer")]
    Task<TransactionBatch> Offer(OfferRequest request, IncludedNotice? pending);

    /// <summary>Tells what a block included: those go, and the senders' next ones may run.</summary>
    [Alias("Included")]
    Task Included(IncludedNotice notice);

    /// <summary>Tells which transactions a block refused: their senders' wait until their accounts or the transactions change.</summary>
    [Alias("Postpone")]
    Task Postpone(Hash256[] hashes);

    /// <summary>
    /// Looks at the senders' accounts again: after a coordinator has recovered, because the one before it may have committed a block and told
    /// nobody. What that block used leaves the pool.
    /// </summary>
    [Alias("Refresh")]
    Task Refresh();

    /// <summary>Says whether the pool is on this silo; where it isn't, this activation ends, and the next one is made beside the shard of its senders.</summary>
    /// <param name="silo">The silo's address as Orleans parses it.</param>
    [Alias("Settle")]
    Task<bool> Settle(string silo);

    [Alias("Find")]
    Task<PooledTransaction?> Find(Hash256 hash);

    /// <summary>The first nonce that neither the state nor a pending transaction of the sender has used.</summary>
    [Alias("GetNextNonce")]
    Task<ulong> GetNextNonce(Address sender);

    [Alias("Describe")]
    Task<PoolDescription> Describe();
}

/// <summary>Transactions with known senders.</summary>
[GenerateSerializer, Immutable, Alias("Grid.TransactionBatch")]
public sealed record TransactionBatch([property: Id(0)] Transaction[] Transactions);

/// <summary>A transaction that waits.</summary>
[GenerateSerializer, Immutable, Alias("Grid.PooledTransaction")]
public sealed record PooledTransaction([property: Id(0)] Transaction Transaction);

/// <summary>What became of a submitted transaction.</summary>
public enum SubmitStatus
{
    /// <summary>It is in the pool, durably.</summary>
    Accepted,

    /// <summary>It was in the pool or in a block already: nothing changed.</summary>
    Known,

    /// <summary>It isn't in the pool: the refusal or the rule tells why.</summary>
    Rejected,
}

/// <summary>Why a pool refuses a transaction that the protocol would allow.</summary>
public enum PoolRefusal
{
    None,

    /// <summary>The rules of the protocol refuse it: the transaction error tells.</summary>
    Invalid,

    /// <summary>It would replace another of the same nonce, but doesn't pay enough more (10 %, with blobs 100 %).</summary>
    ReplacementUnderpriced,

    /// <summary>Its fees are below the pool's minimum.</summary>
    Underpriced,

    /// <summary>Its nonce is further ahead than the limit allows.</summary>
    NonceTooFarAhead,

    /// <summary>The sender has as many transactions in the pool as one may have.</summary>
    SenderLimitReached,

    /// <summary>The pool is full.</summary>
    PoolFull,

    /// <summary>It is larger than the limit.</summary>
    TooLarge,
}

/// <summary>What became of a submitted transaction, and why.</summary>
[GenerateSerializer, Immutable, Alias("Grid.SubmitResult")]
public readonly record struct SubmitResult(
    [property: Id(0)] Hash256 Hash,
    [property: Id(1)] SubmitStatus Status,
    [property: Id(2)] PoolRefusal Refusal,
    [property: Id(3)] TransactionError Error);

/// <summary>What the coordinator asks a pool for.</summary>
/// <param name="BaseFeePerGas">Wei; transactions that don't pay it stay.</param>
/// <param name="BlobBaseFee">Wei.</param>
/// <param name="GasLimit">The most gas that the offer's limits may add up to.</param>
/// <param name="CountMax">The most transactions.</param>
[GenerateSerializer, Immutable, Alias("Grid.OfferRequest")]
public readonly record struct OfferRequest(
    [property: Id(0)] UInt256 BaseFeePerGas, [property: Id(1)] UInt256 BlobBaseFee, [property: Id(2)] ulong GasLimit, [property: Id(3)] int CountMax);

/// <summary>What a block did to the senders of one shard.</summary>
/// <param name="BlockNumber">The block.</param>
/// <param name="Changes">The accounts of that shard that the block touched.</param>
[GenerateSerializer, Immutable, Alias("Grid.IncludedNotice")]
public sealed record IncludedNotice(
    [property: Id(0)] ulong BlockNumber, [property: Id(1)] AccessListPart Changes);

/// <summary>What a pool knows of a sender.</summary>
[GenerateSerializer, Immutable, Alias("Grid.SenderState")]
public readonly record struct SenderState([property: Id(0)] Address Address, [property: Id(1)] ulong Nonce, [property: Id(2)] UInt256 Balance);

/// <summary>A pool in figures.</summary>
/// <param name="Pending">Transactions that may run next.</param>
/// <param name="Queued">Transactions that wait for a nonce before them.</param>
/// <param name="OldestUnixMs">When the oldest was admitted, in milliseconds since 1970; null for an empty pool.</param>
/// <param name="Rejected">Refusals since the start, by reason.</param>
[GenerateSerializer, Immutable, Alias("Grid.PoolDescription")]
public sealed record PoolDescription(
    [property: Id(0)] int Pending,
    [property: Id(1)] int Queued,
    [property: Id(2)] int Limit,
    [property: Id(3)] long? OldestUnixMs,
    [property: Id(4)] Dictionary<string, long> Rejected);
