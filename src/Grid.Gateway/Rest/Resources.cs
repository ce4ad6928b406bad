using System.Text.Json.Serialization;

namespace Grid.Gateway.Rest;

// The resources of the REST interface. Heights, gas, nonces and times are JSON numbers; wei are decimal strings, because they
// don't fit a number; hashes, addresses and data are hexadecimal with 0x.

/// <summary>An error (RFC 9457) with its machine-readable name.</summary>
/// <param name="Type">A URI that names the kind of problem.</param>
/// <param name="Code">The same name alone, such as nonce-too-low.</param>
/// <param name="Have">What the request has, where a value is at fault.</param>
/// <param name="Want">What it should have.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Have = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Want = null);

/// <summary>A transaction that is in the pool, durably.</summary>
internal sealed record AcceptedTransaction(string Hash);

/// <summary>What became of several transactions, in their order.</summary>
internal sealed record SubmissionResults(SubmissionResult[] Results);

/// <summary>What became of one of several transactions.</summary>
/// <param name="Hash">Null where the bytes are no transaction.</param>
/// <param name="Status">accepted, known or rejected.</param>
internal sealed record SubmissionResult(
    string? Hash, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Problem? Problem = null);

/// <summary>A transaction, and where it stands.</summary>
/// <param name="Status">pending or included.</param>
/// <param name="Block">Null while it is pending.</param>
/// <param name="Receipt">Null while it is pending.</param>
internal sealed record TransactionResource(
    string Hash,
    string Status,
    int Type,
    string From,
    string? To,
    ulong Nonce,
    string Value,
    ulong GasLimit,
    string MaxFeePerGas,
    string MaxPriorityFeePerGas,
    string? MaxFeePerBlobGas,
    string[] BlobVersionedHashes,
    AccessListResource[] AccessList,
    int AuthorizationCount,
    string Input,
    TransactionPlace? Block,
    ReceiptResource? Receipt);

internal sealed record AccessListResource(string Address, string[] StorageKeys);

internal sealed record TransactionPlace(ulong Number, string Hash, ulong Timestamp, int Index);

internal sealed record ReceiptResource(
    bool Succeeded, ulong GasUsed, ulong CumulativeGasUsed, string EffectiveGasPrice, string? ContractAddress, LogResource[] Logs);

internal sealed record LogResource(string Address, string[] Topics, string Data, int Index);

/// <summary>An account after a block.</summary>
/// <param name="PendingNonce">The next nonce to sign with: behind the transactions in the pool.</param>
internal sealed record AccountResource(
    string Address, ulong Nonce, ulong PendingNonce, string Balance, bool HasCode, string CodeHash, string StorageRoot, ulong BlockNumber);

internal sealed record StorageResource(string Address, string Slot, string Value);

/// <summary>An account with Merkle proofs (EIP-1186).</summary>
/// <param name="AccountProof">The encoded nodes from the block's state root to the account, or to where the way to it ends.</param>
/// <param name="Storage">The slots that were asked for, in their order.</param>
internal sealed record ProofResource(
    string Address, ulong Nonce, string Balance, string CodeHash, string StorageRoot, ulong BlockNumber, string[] AccountProof, SlotProofResource[] Storage);

/// <param name="Proof">The encoded nodes from the account's storage root to the slot, or to where the way to it ends.</param>
internal sealed record SlotProofResource(string Slot, string Value, string[] Proof);

/// <summary>A block.</summary>
/// <param name="TransactionHashes">Those from the offset on, up to the limit.</param>
/// <param name="Transactions">The same, whole, where the query asks for them; else null.</param>
internal sealed record BlockResource(
    ulong Number,
    string Hash,
    string ParentHash,
    ulong Timestamp,
    string Beneficiary,
    string StateRoot,
    string TransactionsRoot,
    string ReceiptsRoot,
    ulong GasUsed,
    ulong GasLimit,
    string? BaseFeePerGas,
    ulong? BlobGasUsed,
    ulong? ExcessBlobGas,
    string? WithdrawalsRoot,
    string? RequestsHash,
    string? ParentBeaconBlockRoot,
    string PrevRandao,
    string ExtraData,
    int SizeBytes,
    int TransactionCount,
    int TransactionOffset,
    string[]? TransactionHashes,
    BlockTransactionResource[]? Transactions);

internal sealed record BlockTransactionResource(
    string Hash, int Index, int Type, string From, string? To, ulong Nonce, string Value, ulong GasLimit, string EffectiveGasPrice, string Input);

/// <summary>The load of the grains, since each silo's start.</summary>
/// <param name="Pins">Shards that an operator has given to silos.</param>
/// <param name="Moves">Shards that would be better off on another silo.</param>
internal sealed record GrainsResource(long UnixMs, SiloResource[] Silos, PinResource[] Pins, MoveResource[] Moves);

/// <param name="Silo">That silo's name.</param>
internal sealed record PinResource(int Shard, string Silo);

/// <summary>A shard, or the account whose shard is meant, and the silo that is to have it; null for whichever the layout says.</summary>
internal sealed record PinRequest(int? Shard, string? Account, string? Silo);

internal sealed record PinsResource(PinResource[] Pins);

/// <param name="Account">The contract that heats the shard.</param>
/// <param name="FromSilo">The name of the silo that has it.</param>
/// <param name="ToSilo">The name of the silo that should have it: what to pin the shard to.</param>
/// <param name="Share">The part of the first silo's turns of hot accounts that would go with it, from 0 to 1.</param>
internal sealed record MoveResource(string Account, int Shard, string FromSilo, string ToSilo, double Share);

/// <param name="Silo">Its address, as Orleans writes it: another one after each start.</param>
/// <param name="Name">Where it listens for others, or the name of its pod: what shards are pinned to. A node's only silo is "node".</param>
internal sealed record SiloResource(
    string Silo,
    string Name,
    ulong HeadNumber,
    int[] Shards,
    int Lanes,
    double LanesBusyMs,
    int LaneQueue,
    long UptimeMs,
    long AllocatedBytes,
    long WorkingSetBytes,
    GrainTypeResource[] GrainTypes,
    HotAccountResource[] HottestAccounts,
    ContendedPlaceResource[] ContendedPlaces,
    ExecutionResource Execution);

/// <summary>How blocks were executed on the silo since it started.</summary>
/// <param name="Executions">How often a transaction was executed.</param>
/// <param name="Waves">Rounds of execution.</param>
/// <param name="Strands">Groups of transactions that were tied by the plans.</param>
/// <param name="Batches">Pieces of work that lanes were given.</param>
/// <param name="Anchored">Of those, executed in a turn of an account's grain.</param>
/// <param name="LargestStrand">Transactions of the last block's strand with the most gas.</param>
/// <param name="IdealWidth">By the last block's plan: how many times as fast as one lane any number of lanes could be.</param>
/// <param name="AchievedWidth">Lanes that were busy during its waves, on average.</param>
/// <param name="Fallbacks">Blocks that were executed as one strand, or the rest of them, by reason.</param>
/// <param name="AccessLists">Imported blocks that came with an access list, by what became of it.</param>
internal sealed record ExecutionResource(
    long Blocks, long Transactions, long Executions, long Waves, long Strands, long Batches, long Anchored, int LargestStrand, double IdealWidth,
    double AchievedWidth,
    PredictionsResource Predictions, IReadOnlyDictionary<string, long> Fallbacks, IReadOnlyDictionary<string, long> AccessLists);

/// <param name="Profiles">Contracts whose calls are known.</param>
/// <param name="UnknownCalls">Calls that were planned without a prediction.</param>
/// <param name="Right">Of calls that were compared with their prediction: those that accessed nothing else.</param>
/// <param name="Partly">Those that accessed something else, too.</param>
/// <param name="Wrong">Those that accessed nothing of it, or had none.</param>
internal sealed record PredictionsResource(int Profiles, long UnknownCalls, long Right, long Partly, long Wrong);

/// <param name="InTurn">Calls that have begun and not ended.</param>
internal sealed record GrainTypeResource(
    string GrainType, long Activations, long Turns, long Errors, long InTurn, double BusyMs, double LongestMs);

/// <param name="Touches">Transactions to it, as far as a sketch of fixed size counted.</param>
internal sealed record HotAccountResource(string Address, long Touches, long Turns, double BusyMs, long Bytes);

/// <summary>A place that several transactions of the last 64 larger blocks changed, so that they ran one after the other.</summary>
/// <param name="Account">Whose slot or nonce it is.</param>
/// <param name="Slot">Null for the nonce.</param>
/// <param name="Blocks">Blocks in which it was so.</param>
/// <param name="Transactions">Transactions that changed it.</param>
/// <param name="GasShare">The part of those 64 blocks' gas that they used, from 0 to 1.</param>
/// <param name="Called">The contract that most of them call; null where they create one.</param>
/// <param name="Selector">The first four bytes of those calls' data.</param>
/// <param name="Advice">"splitSlot": keep what the slot counts in several slots; "severalSenders": send from several accounts; "severalCreators": create with several contracts; "none": too little waits.</param>
internal sealed record ContendedPlaceResource(
    string Account, string? Slot, int Blocks, long Transactions, double GasShare, string? Called, string? Selector, string Advice);

/// <summary>The node at a glance.</summary>
/// <param name="Pins">Shards that an operator has given to silos.</param>
/// <param name="Moves">Shards that would be better off on another silo.</param>
internal sealed record StatusResource(
    long UnixMs,
    string ClientVersion,
    ulong ChainId,
    string GenesisHash,
    BlockSummaryResource Head,
    string NextBaseFeePerGas,
    RatesResource Rates,
    TotalsResource Totals,
    StagesResource LastBlockStages,
    PoolResource Pool,
    BlockSummaryResource[] RecentBlocks,
    SiloResource[] Silos,
    PinResource[] Pins,
    MoveResource[] Moves);

internal sealed record BlockSummaryResource(
    ulong Number, string Hash, ulong Timestamp, string Beneficiary, int TransactionCount, ulong GasUsed, ulong GasLimit, string? BaseFeePerGas, int SizeBytes);

/// <summary>What the chain did lately; null values where there is nothing yet to compare with.</summary>
/// <param name="WindowMs">The time over which the rates are means.</param>
/// <param name="BlockTimeMs">Mean time between blocks in the window; null for none.</param>
internal sealed record RatesResource(
    long WindowMs, double? TransactionsPerSecond, double? GasPerSecond, double? BlocksPerSecond, double? BlockTimeMs);

/// <summary>What the coordinator did since it was activated.</summary>
internal sealed record TotalsResource(long Blocks, long Transactions, long GasUsed, long AbortedBlocks);

internal sealed record StagesResource(double OrderMs, double PlanMs, double ExecuteMs, double ValidateMs, double ApplyMs, double RootMs, double CommitMs, double TotalMs);

internal sealed record PoolResource(int Pending, int Queued, int Limit, long? OldestAgeMs, IReadOnlyDictionary<string, long> Rejected);

internal sealed record HealthResource(string Status, ulong? HeadNumber = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(AcceptedTransaction))]
[JsonSerializable(typeof(SubmissionResults))]
[JsonSerializable(typeof(TransactionResource))]
[JsonSerializable(typeof(AccountResource))]
[JsonSerializable(typeof(StorageResource))]
[JsonSerializable(typeof(ProofResource))]
[JsonSerializable(typeof(BlockResource))]
[JsonSerializable(typeof(GrainsResource))]
[JsonSerializable(typeof(PinsResource))]
[JsonSerializable(typeof(PinRequest))]
[JsonSerializable(typeof(StatusResource))]
[JsonSerializable(typeof(HealthResource))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RestJson : JsonSerializerContext;
