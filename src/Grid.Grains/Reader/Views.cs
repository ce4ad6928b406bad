using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Primitives;

namespace Grid.Grains.Reader;

/// <summary>How a block is named.</summary>
public enum BlockTag
{
    /// <summary>The head.</summary>
    Latest,

    /// <summary>The genesis block.</summary>
    Earliest,

    /// <summary>By height.</summary>
    Number,

    /// <summary>By hash.</summary>
    Hash,
}

/// <summary>A block by tag, height or hash. A committed block is final, so JSON-RPC's safe and finalized are the head.</summary>
[GenerateSerializer, Immutable, Alias("Grid.BlockSelector")]
public readonly record struct BlockSelector([property: Id(0)] BlockTag Tag, [property: Id(1)] ulong Number, [property: Id(2)] Hash256 Hash)
{
    public static readonly BlockSelector Latest = new(BlockTag.Latest, 0, default);

    public static readonly BlockSelector Earliest = new(BlockTag.Earliest, 0, default);

    public static BlockSelector At(ulong number) => new(BlockTag.Number, number, default);

    public static BlockSelector Of(Hash256 hash) => new(BlockTag.Hash, 0, hash);
}

/// <summary>What doesn't change about the chain, and its head.</summary>
[GenerateSerializer, Immutable, Alias("Grid.ChainInfo")]
public sealed record ChainInfo(
    [property: Id(0)] ulong ChainId,
    [property: Id(1)] Hash256 GenesisHash,
    [property: Id(2)] BlockHeader Head,
    [property: Id(3)] UInt256 NextBaseFeePerGas,
    [property: Id(4)] UInt256 NextBlobBaseFee);

/// <summary>A block as the journal has it.</summary>
/// <param name="SizeBytes">The length of its RLP.</param>
[GenerateSerializer, Immutable, Alias("Grid.BlockView")]
public sealed record BlockView([property: Id(0)] Block Block, [property: Id(1)] int SizeBytes);

/// <summary>A block with its receipts, each with its own gas and contract address filled in.</summary>
[GenerateSerializer, Immutable, Alias("Grid.BlockReceipts")]
public sealed record BlockReceipts([property: Id(0)] Block Block, [property: Id(1)] Receipt[] Receipts);

/// <summary>A transaction, and the block that includes it (null while it waits in the pool).</summary>
[GenerateSerializer, Immutable, Alias("Grid.TransactionView")]
public sealed record TransactionView(
    [property: Id(0)] Transaction Transaction, [property: Id(1)] BlockHeader? Header, [property: Id(2)] int Index);

/// <summary>A receipt where it stands.</summary>
/// <param name="FirstLogIndex">The number of logs of the block before this transaction's.</param>
[GenerateSerializer, Immutable, Alias("Grid.ReceiptView")]
public sealed record ReceiptView(
    [property: Id(0)] Transaction Transaction,
    [property: Id(1)] Receipt Receipt,
    [property: Id(2)] BlockHeader Header,
    [property: Id(3)] int Index,
    [property: Id(4)] int FirstLogIndex);

/// <summary>Which logs: a range of blocks or one block, any of the addresses, and per position any of the topics.</summary>
/// <param name="BlockHash">One block; then the range isn't looked at.</param>
/// <param name="Addresses">Empty: any.</param>
/// <param name="Topics">Per position the alternatives; an empty list there: any.</param>
[GenerateSerializer, Immutable, Alias("Grid.LogQuery")]
public sealed record LogQuery(
    [property: Id(0)] BlockSelector From,
    [property: Id(1)] BlockSelector To,
    [property: Id(2)] Hash256? BlockHash,
    [property: Id(3)] Address[] Addresses,
    [property: Id(4)] Hash256[][] Topics);

/// <summary>A log where it stands.</summary>
[GenerateSerializer, Immutable, Alias("Grid.LogView")]
public sealed record LogView(
    [property: Id(0)] Log Log,
    [property: Id(1)] ulong BlockNumber,
    [property: Id(2)] Hash256 BlockHash,
    [property: Id(3)] ulong BlockTimestamp,
    [property: Id(4)] Hash256 TransactionHash,
    [property: Id(5)] int TransactionIndex,
    [property: Id(6)] int LogIndex);

/// <summary>An account after a block; all zero and empty where there is none.</summary>
[GenerateSerializer, Immutable, Alias("Grid.AccountView")]
public sealed record AccountView(
    [property: Id(0)] Address Address,
    [property: Id(1)] ulong Nonce,
    [property: Id(2)] UInt256 Balance,
    [property: Id(3)] Hash256 CodeHash,
    [property: Id(4)] Hash256 StorageRoot,
    [property: Id(5)] ulong BlockNumber);

/// <summary>An account after a block with its proof.</summary>
/// <param name="AccountNodes">The encoded nodes from the state root to the account, or to where the way to it ends.</param>
/// <param name="Slots">In the order of the question.</param>
[GenerateSerializer, Immutable, Alias("Grid.ProofView")]
public sealed record ProofView(
    [property: Id(0)] AccountView Account, [property: Id(1)] byte[][] AccountNodes, [property: Id(2)] SlotProof[] Slots);

/// <summary>The code of an account; empty for none.</summary>
[GenerateSerializer, Immutable, Alias("Grid.CodeView")]
public sealed record CodeView([property: Id(0)] byte[] Code);

/// <summary>A message without a signature, as eth_call takes it. Null fields take geth's defaults.</summary>
[GenerateSerializer, Immutable, Alias("Grid.CallRequest")]
public sealed record CallRequest
{
    [Id(0)] public Address From { get; init; }

    [Id(1)] public Address? To { get; init; }

    [Id(2)] public ulong? GasLimit { get; init; }

    [Id(3)] public UInt256? MaxFeePerGas { get; init; }

    [Id(4)] public UInt256? MaxPriorityFeePerGas { get; init; }

    [Id(5)] public UInt256 Value { get; init; }

    [Id(6)] public byte[] Data { get; init; } = [];

    [Id(7)] public AccessListEntry[] AccessList { get; init; } = [];
}

/// <summary>How a call ended.</summary>
public enum CallStatus
{
    Succeeded,

    /// <summary>REVERT: the output is the revert data.</summary>
    Reverted,

    /// <summary>It ran out of gas, or broke another rule of the EVM: <see cref="CallOutcome.Reason"/> names it.</summary>
    Halted,

    /// <summary>It couldn't begin: <see cref="CallOutcome.Error"/> says why.</summary>
    Invalid,
}

/// <summary>What a call gave.</summary>
/// <param name="Reason">The name of the EVM's halt, for <see cref="CallStatus.Halted"/>.</param>
/// <param name="Error">Why the call couldn't begin, for <see cref="CallStatus.Invalid"/>.</param>
[GenerateSerializer, Immutable, Alias("Grid.CallOutcome")]
public sealed record CallOutcome(
    [property: Id(0)] CallStatus Status,
    [property: Id(1)] byte[] Output,
    [property: Id(2)] ulong GasUsed,
    [property: Id(3)] string? Reason,
    [property: Id(4)] TransactionError Error);

/// <summary>The estimate, or the outcome of the call that failed.</summary>
[GenerateSerializer, Immutable, Alias("Grid.EstimateOutcome")]
public sealed record EstimateOutcome([property: Id(0)] ulong GasLimit, [property: Id(1)] CallOutcome? Failure);
