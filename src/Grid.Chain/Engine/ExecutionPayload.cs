using Grid.Primitives;

namespace Grid.Chain.Engine;

/// <summary>
/// A block as the Engine API passes it (ethereum/execution-apis, ExecutionPayloadV1 to V3): no roots of lists, and the hash that it is to have.
/// Fields of later versions are null where they weren't provided.
/// </summary>
public sealed record ExecutionPayload
{
    public required Hash256 ParentHash { get; init; }

    public required Address FeeRecipient { get; init; }

    public required Hash256 StateRoot { get; init; }

    public required Hash256 ReceiptsRoot { get; init; }

    public required Bloom LogsBloom { get; init; }

    public required Hash256 PrevRandao { get; init; }

    public required ulong BlockNumber { get; init; }

    /// <summary>Gas units.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Gas units.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required ulong Timestamp { get; init; }

    public required byte[] ExtraData { get; init; }

    /// <summary>Wei per gas.</summary>
    public required UInt256 BaseFeePerGas { get; init; }

    public required Hash256 BlockHash { get; init; }

    /// <summary>Each in its network encoding.</summary>
    public required byte[][] Transactions { get; init; }

    /// <summary>V2, Shanghai.</summary>
    public Withdrawal[]? Withdrawals { get; init; }

    /// <summary>V3, Cancun.</summary>
    public ulong? BlobGasUsed { get; init; }

    /// <summary>V3, Cancun.</summary>
    public ulong? ExcessBlobGas { get; init; }
}

/// <summary>A call of engine_newPayload with its version and all its parameters; those that weren't provided are null.</summary>
/// <param name="Version">1 to 4.</param>
/// <param name="VersionedHashes">V3: the blobs of all transactions, in order.</param>
/// <param name="ParentBeaconBlockRoot">V3.</param>
/// <param name="ExecutionRequests">V4: EIP-7685's lists, each with its type byte.</param>
public sealed record NewPayload(
    int Version, ExecutionPayload Payload, Hash256[]? VersionedHashes = null, Hash256? ParentBeaconBlockRoot = null, byte[][]? ExecutionRequests = null);
