using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>Why a transaction is refused.</summary>
public enum TransactionErrorCode : byte
{
    /// <summary>It isn't.</summary>
    None,

    // What the bytes alone tell.

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>A type byte that no EIP gives a meaning here; <see cref="TransactionError.Have"/>: the byte.</summary>
    UnknownType,

    /// <summary><see cref="TransactionError.Rlp"/> at the byte <see cref="TransactionError.Have"/> of the type's payload.</summary>
    MalformedRlp,

    /// <summary>A type 3 transaction with its blobs (EIP-4844's network form), which this node doesn't take.</summary>
    BlobSidecarUnsupported,

    /// <summary>`v` (legacy) or the y parity is none of its allowed values; Have: the value.</summary>
    InvalidYParity,

    /// <summary>r or s is zero or not below the order of the curve, or nobody's key fits the signature.</summary>
    InvalidSignature,

    /// <summary>s is above half of the order of the curve (EIP-2).</summary>
    SignatureSTooHigh,

    /// <summary>Types 3 and 4 can't create a contract.</summary>
    CreationNotAllowed,

    // Static rules: the transaction and the fork tell.

    /// <summary>The fork doesn't know this type yet; Have: the type.</summary>
    TypeNotSupported,

    /// <summary>Have: the transaction's chain; Want: ours.</summary>
    ChainIdMismatch,

    /// <summary>The signature names a chain (EIP-155) before the fork that allows it.</summary>
    ChainIdNotAllowed,

    /// <summary>Have: gas limit; Want: the intrinsic gas.</summary>
    IntrinsicGasTooLow,

    /// <summary>EIP-7623. Have: gas limit; Want: the floor.</summary>
    BelowFloorGas,

    /// <summary>EIP-7825. Have: gas limit; Want: at most this.</summary>
    GasLimitAboveMaximum,

    /// <summary>EIP-3860. Have: bytes; Want: at most this.</summary>
    InitcodeTooLarge,

    /// <summary>EIP-7702.</summary>
    EmptyAuthorizationList,

    /// <summary>EIP-4844: a type 3 transaction without blobs.</summary>
    NoBlobs,

    /// <summary>EIP-4844, EIP-7594. Have: blobs; Want: at most this.</summary>
    TooManyBlobs,

    /// <summary>EIP-4844: a versioned hash doesn't start with 0x01. Have: its index.</summary>
    InvalidBlobVersion,

    /// <summary>Have: priority fee per gas; Want: at most the max fee.</summary>
    PriorityFeeAboveMaxFee,

    /// <summary>EIP-2681: the nonce is 2^64-1.</summary>
    NonceIsMax,

    /// <summary>What the transaction may cost at most doesn't fit 256 bits.</summary>
    CostOverflow,

    // Rules on state and block.

    /// <summary>Have: the transaction's nonce; Want: the account's.</summary>
    NonceTooLow,

    /// <summary>Have: the transaction's nonce; Want: the account's.</summary>
    NonceTooHigh,

    /// <summary>EIP-3607: the sender is a contract.</summary>
    SenderHasCode,

    /// <summary>Have: balance; Want: what the transaction may cost at most.</summary>
    InsufficientFunds,

    /// <summary>EIP-1559. Have: max fee per gas; Want: the base fee.</summary>
    MaxFeeBelowBaseFee,

    /// <summary>EIP-4844. Have: max fee per blob gas; Want: the blob base fee.</summary>
    MaxFeePerBlobGasTooLow,

    /// <summary>Have: gas limit; Want: what the block has left.</summary>
    BlockGasLimitExceeded,

    /// <summary>Have: blob gas; Want: what the block has left.</summary>
    BlockBlobGasLimitExceeded,

    /// <summary>EIP-7934. Have: bytes of the transaction; Want: what the block has left.</summary>
    BlockSizeExceeded,
}

/// <summary>Why a transaction is refused, with the values that tell. Default: it isn't.</summary>
public readonly record struct TransactionError(TransactionErrorCode Code, UInt256 Have = default, UInt256 Want = default)
{
    public bool IsNone => Code == TransactionErrorCode.None;

    /// <summary>What is malformed, for <see cref="TransactionErrorCode.MalformedRlp"/>.</summary>
    public RlpError? Rlp { get; init; }

    public static TransactionError None => default;

    internal static TransactionError Of(RlpException exception) =>
        new(TransactionErrorCode.MalformedRlp, (ulong)exception.Offset) { Rlp = exception.Error };
}

/// <summary>Bytes that are no transaction.</summary>
public sealed class TransactionFormatException(TransactionError error) : FormatException($"Not a transaction: {error.Code} {error.Rlp}")
{
    public TransactionError Error { get; } = error;
}
