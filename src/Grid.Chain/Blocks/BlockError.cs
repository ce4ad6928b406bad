using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>Why a block is invalid. Have: what its header says; Want: what it should say, unless a value says otherwise.</summary>
public enum BlockErrorCode : byte
{
    /// <summary>It isn't.</summary>
    None,

    /// <summary><see cref="BlockError.Rlp"/> at the byte <see cref="BlockError.Have"/> of the list at fault.</summary>
    MalformedRlp,

    /// <summary>The transaction <see cref="BlockError.Index"/> is invalid: <see cref="BlockError.Transaction"/>.</summary>
    InvalidTransaction,

    UnknownParent,
    NumberMismatch,
    TimestampNotAfterParent,
    ExtraDataTooLong,
    GasLimitOutOfBounds,
    GasUsedAboveLimit,
    BaseFeeMismatch,
    DifficultyMismatch,
    NonceNotZero,
    OmmersNotEmpty,
    OmmersHashMismatch,
    TooManyOmmers,

    /// <summary>The header of the ommer <see cref="BlockError.Index"/> breaks the rule <see cref="BlockError.Ommer"/>.</summary>
    InvalidOmmer,

    /// <summary>The parent of the ommer Index isn't among the block's last ancestors.</summary>
    OmmerParentUnknown,

    /// <summary>The ommer Index is an ancestor of the block.</summary>
    OmmerIsAncestor,

    /// <summary>The ommer Index has the block's own parent.</summary>
    OmmerIsSibling,

    /// <summary>The ommer Index stands twice in the block, or was in one of its ancestors.</summary>
    OmmerRepeated,

    /// <summary>The ommer Index is more than six blocks back, or not below the block. Have: its number; Want: at least this.</summary>
    OmmerTooOld,

    /// <summary>A header field of a later fork is there, or one of this fork is missing; Index: the field, counted from base fee = 0.</summary>
    HeaderFieldMismatch,

    WithdrawalsMissing,
    WithdrawalsNotAllowed,
    WithdrawalsRootMismatch,
    TransactionsRootMismatch,
    ReceiptsRootMismatch,
    StateRootMismatch,
    LogsBloomMismatch,
    GasUsedMismatch,
    BlobGasUsedMismatch,
    BlobGasUsedAboveLimit,
    ExcessBlobGasMismatch,
    RequestsHashMismatch,
    BlockAccessListHashMismatch,

    /// <summary>EIP-7002, EIP-7251: a system contract that must be there has no code. Index: the place of the call.</summary>
    SystemContractMissing,

    /// <summary>EIP-7002, EIP-7251: the call of a system contract failed.</summary>
    SystemCallFailed,

    /// <summary>EIP-6110: an event of the deposit contract has another layout.</summary>
    InvalidDepositEvent,

    /// <summary>EIP-7934. Have: bytes; Want: at most this.</summary>
    BlockTooLarge,

    /// <summary>EIP-779's extra data on the ten blocks from the DAO fork on.</summary>
    DaoExtraDataMismatch,

    /// <summary>Engine API: the payload's fields make a block of another hash.</summary>
    BlockHashMismatch,

    /// <summary>Engine API: the blobs of the transactions aren't those that the call names.</summary>
    VersionedHashesMismatch,
}

/// <summary>Why a block is invalid, with the values that tell. Default: it isn't.</summary>
public readonly record struct BlockError(BlockErrorCode Code, UInt256 Have = default, UInt256 Want = default, int Index = 0)
{
    public bool IsNone => Code == BlockErrorCode.None;

    public static BlockError None => default;

    /// <summary>What is malformed, for <see cref="BlockErrorCode.MalformedRlp"/>.</summary>
    public RlpError? Rlp { get; init; }

    /// <summary>For <see cref="BlockErrorCode.InvalidTransaction"/>.</summary>
    public TransactionError Transaction { get; init; }

    /// <summary>For <see cref="BlockErrorCode.InvalidOmmer"/>.</summary>
    public BlockErrorCode Ommer { get; init; }

    public static BlockError OfTransaction(int index, TransactionError error) =>
        new(BlockErrorCode.InvalidTransaction, Index: index) { Transaction = error };

    /// <summary>Two hashes that differ.</summary>
    public static BlockError Mismatch(BlockErrorCode code, in Hash256 have, in Hash256 want) => new(code, have.ToWord(), want.ToWord());
}
