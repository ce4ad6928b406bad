namespace Grid.Client;

// Heights, gas, nonces and times are numbers; wei are decimal strings; hashes, addresses and data are hexadecimal with 0x.

/// <summary>An error (RFC 9457).</summary>
/// <param name="Code">Its machine-readable name, such as nonce-too-low.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail, string Code, string? Have, string? Want);

/// <summary>What became of one of several transactions.</summary>
/// <param name="Hash">Null where the bytes are no transaction.</param>
/// <param name="Status">accepted, known or rejected.</param>
public sealed record Submission(string? Hash, string Status, Problem? Problem);

/// <param name="Status">pending or included.</param>
public sealed record TransactionInfo(
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
    string Input,
    TransactionPlace? Block,
    ReceiptInfo? Receipt);

public sealed record TransactionPlace(ulong Number, string Hash, ulong Timestamp, int Index);

public sealed record ReceiptInfo(
    bool Succeeded, ulong GasUsed, ulong CumulativeGasUsed, string EffectiveGasPrice, string? ContractAddress, IReadOnlyList<LogInfo> Logs);

public sealed record LogInfo(string Address, IReadOnlyList<string> Topics, string Data, int Index);

/// <param name="PendingNonce">The next nonce to sign with: behind the transactions in the pool.</param>
public sealed record AccountInfo(
    string Address, ulong Nonce, ulong PendingNonce, string Balance, bool HasCode, string CodeHash, string StorageRoot, ulong BlockNumber);

public sealed record StorageValue(string Address, string Slot, string Value);

/// <summary>An account after a block; the nodes of the proofs are RLP, from the state root and from the storage root on.</summary>
public sealed record ProofInfo(
    string Address,
    ulong Nonce,
    string Balance,
    string CodeHash,
    string StorageRoot,
    ulong BlockNumber,
    IReadOnlyList<string> AccountProof,
    IReadOnlyList<SlotProofInfo> Storage);

public sealed record SlotProofInfo(string Slot, string Value, IReadOnlyList<string> Proof);

public sealed record BlockInfo(
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
    int SizeBytes,
    int TransactionCount,
    int TransactionOffset,
    IReadOnlyList<string>? TransactionHashes,
    IReadOnlyList<BlockTransaction>? Transactions);

public sealed record BlockTransaction(
    string Hash, int Index, int Type, string From, string? To, ulong Nonce, string Value, ulong GasLimit, string EffectiveGasPrice, string Input);

/// <param name="Pins">Shards that an operator has given to silos.</param>
/// <param name="Moves">Shards that would be better off on another silo.</param>
public sealed record GrainsInfo(long UnixMs, IReadOnlyList<SiloInfo> Silos, IReadOnlyList<PinInfo> Pins, IReadOnlyList<MoveInfo> Moves);

/// <param name="Silo">That silo's name.</param>
public sealed record PinInfo(int Shard, string Silo);

/// <param name="Account">The contract that heats the shard.</param>
/// <param name="ToSilo">The name of the silo that should have it: what to pin the shard to.</param>
/// <param name="Share">The part of the first silo's turns of hot accounts that would go with it, from 0 to 1.</param>
public sealed record MoveInfo(string Account, int Shard, string FromSilo, string ToSilo, double Share);

internal sealed record PinList(IReadOnlyList<PinInfo> Pins);

/// <param name="Silo">Its address, as Orleans writes it: another one after each start.</param>
/// <param name="Name">Where it listens for others, HOST:PORT, or the name of its pod: what shards are pinned to.</param>
public sealed record SiloInfo(
    string Silo,
    string Name,
    ulong HeadNumber,
    IReadOnlyList<int> Shards,
    int Lanes,
    double LanesBusyMs,
    int LaneQueue,
    long UptimeMs,
    IReadOnlyList<GrainTypeInfo> GrainTypes,
    IReadOnlyList<HotAccountInfo> HottestAccounts,
    IReadOnlyList<ContendedPlaceInfo> ContendedPlaces);

public sealed record GrainTypeInfo(string GrainType, long Activations, long Turns, long Errors, long InTurn, double BusyMs, double LongestMs);

public sealed record HotAccountInfo(string Address, long Touches, long Turns, double BusyMs, long Bytes);

/// <summary>A slot, or where it is null a nonce, that several transactions of the last larger blocks changed, so that they ran one after the other.</summary>
/// <param name="GasShare">The part of those blocks' gas that they used, from 0 to 1.</param>
/// <param name="Advice">"splitSlot", "severalSenders", "severalCreators" or "none".</param>
public sealed record ContendedPlaceInfo(
    string Account, string? Slot, int Blocks, long Transactions, double GasShare, string? Called, string? Selector, string Advice);

public sealed record NodeStatus(
    long UnixMs,
    string ClientVersion,
    ulong ChainId,
    BlockSummary Head,
    Rates Rates,
    Totals Totals,
    Stages LastBlockStages,
    PoolInfo Pool,
    IReadOnlyList<BlockSummary> RecentBlocks,
    IReadOnlyList<SiloInfo> Silos);

public sealed record BlockSummary(ulong Number, string Hash, ulong Timestamp, int TransactionCount, ulong GasUsed, ulong GasLimit);

public sealed record Rates(long WindowMs, double? TransactionsPerSecond, double? GasPerSecond, double? BlocksPerSecond, double? BlockTimeMs);

public sealed record Totals(long Blocks, long Transactions, long GasUsed, long AbortedBlocks);

public sealed record Stages(double OrderMs, double PlanMs, double ExecuteMs, double ApplyMs, double RootMs, double CommitMs, double TotalMs);

public sealed record PoolInfo(int Pending, int Queued, int Limit, long? OldestAgeMs, IReadOnlyDictionary<string, long> Rejected);

internal sealed record AcceptedTransaction(string Hash);

internal sealed record Submissions(IReadOnlyList<Submission> Results);
