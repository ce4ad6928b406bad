using Grid.Primitives;

namespace Grid.Storage;

/// <summary>One committed block, as the journal keeps it. The byte arrays belong to the journal: nobody changes them.</summary>
/// <param name="Number">Height; 0 is the genesis block.</param>
/// <param name="Hash">Keccak-256 of the header.</param>
/// <param name="ParentHash">The hash of the block before; zero for the genesis block.</param>
/// <param name="StateRoot">The root of the account trie after the block.</param>
/// <param name="TotalDifficulty">The sum of the difficulties from genesis up to the block: what tells whether a chain has merged.</param>
/// <param name="Block">RLP of header and body.</param>
/// <param name="Receipts">RLP list of the receipts, in the order of the transactions.</param>
/// <param name="AccessList">The access list with values before and after, in Grid's own versioned encoding.</param>
/// <param name="TransactionHashes">The hashes of the body's transactions in order: what the transaction index is made of.</param>
/// <param name="Senders">Their senders, so that nobody need recover them again.</param>
public sealed record JournalBlock(
    ulong Number,
    Hash256 Hash,
    Hash256 ParentHash,
    Hash256 StateRoot,
    UInt256 TotalDifficulty,
    ReadOnlyMemory<byte> Block,
    ReadOnlyMemory<byte> Receipts,
    ReadOnlyMemory<byte> AccessList,
    ReadOnlyMemory<Hash256> TransactionHashes,
    ReadOnlyMemory<Address> Senders);

/// <summary>The last block of the journal.</summary>
public sealed record JournalHead(ulong Number, Hash256 Hash, Hash256 StateRoot, UInt256 TotalDifficulty);

/// <summary>Where a transaction stands in the chain.</summary>
public readonly record struct TransactionLocation(ulong BlockNumber, int Index);

/// <summary>A transaction that was admitted to the pool.</summary>
/// <param name="Hash">The transaction's hash: the key.</param>
/// <param name="Sender">Its sender, so that nobody need recover it again.</param>
/// <param name="Raw">The network encoding.</param>
/// <param name="AdmittedUnixMs">When it was admitted, in milliseconds since 1970: what expiry counts from.</param>
public sealed record PoolEntry(Hash256 Hash, Address Sender, ReadOnlyMemory<byte> Raw, long AdmittedUnixMs);

/// <summary>What a chain starts from, as it was given when its data was made.</summary>
/// <param name="Fingerprint">SHA-256 of the genesis file.</param>
/// <param name="Genesis">The genesis file, compressed with gzip.</param>
public sealed record ChainRecord(Hash256 Fingerprint, ReadOnlyMemory<byte> Genesis);

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>The block is durable, and final.</summary>
    Committed,

    /// <summary>A later coordinator has taken over: nothing was written, and nothing that this one appends ever will be.</summary>
    Fenced,

    /// <summary>The head isn't the block's parent: nothing was written.</summary>
    WrongParent,
}

/// <summary>
/// The append-only, durable list of blocks with their deltas, and the table of admitted transactions. Appending a block is
/// the commit: atomic, durable when the task completes, and conditional on the fencing number and on the parent.
/// All members may be called from any thread. A failure of the medium throws <see cref="StorageException"/>, after
/// which nothing of the call was written, or all of it: the head that is read after taking a fencing number tells which.
/// </summary>
public interface IJournal
{
    /// <summary>What the chain starts from; null where it was never said, as for the development chain.</summary>
    ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default);

    /// <summary>Says what the chain starts from, durably. Called before the genesis block is appended, and again where that was interrupted.</summary>
    ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default);

    /// <summary>The last block, or null before the genesis block is there.</summary>
    ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Takes the write side over: returns a fencing number greater than every one handed out before. From then on an append
    /// with a smaller number is refused.
    /// </summary>
    ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default);

    /// <summary>Appends one block and removes the transactions that it includes from the pool table, in one atomic step.</summary>
    ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default);

    /// <summary>The block at a height; null above the head, or below what the journal keeps.</summary>
    ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default);

    /// <summary>The hash of the block at a height, without reading the block; null where there is none.</summary>
    ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default);

    /// <summary>The height of the block with this hash.</summary>
    ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default);

    /// <summary>Where the transaction was included.</summary>
    ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default);

    /// <summary>Makes admissions and removals durable in one step: a group commit.</summary>
    ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default);

    /// <summary>Every admitted transaction that is still in the table, in no particular order.</summary>
    ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default);
}
