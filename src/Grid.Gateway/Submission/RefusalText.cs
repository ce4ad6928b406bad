using Grid.Chain;
using Grid.Grains.Pool;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Gateway.Submission;

/// <summary>geth's sentences for refused transactions: what wallets and libraries recognize.</summary>
internal static class RefusalText
{
    /// <summary>The sentence for a transaction that intake or pool refused.</summary>
    /// <param name="sender">Where it is known.</param>
    public static string Of(IntakeResult result, Address? sender) => result.Refusal switch
    {
        PoolRefusal.ReplacementUnderpriced => "replacement transaction underpriced",
        PoolRefusal.Underpriced => $"transaction underpriced{HaveWant(result.Error)}",
        PoolRefusal.NonceTooFarAhead => result.Error.Code == TransactionErrorCode.NonceTooHigh
            ? Of(result.Error, sender)
            : "nonce too high: too far ahead of the account's",
        PoolRefusal.SenderLimitReached => "account limit exceeded",
        PoolRefusal.PoolFull => "txpool is full",
        PoolRefusal.TooLarge => "oversized data",
        _ => Of(result.Error, sender),
    };

    public static string Of(TransactionError error, Address? sender)
    {
        var (have, want) = (error.Have, error.Want);
        var who = sender is { } address ? $"address {address}, " : string.Empty;
        return error.Code switch
        {
            TransactionErrorCode.Empty => "typed transaction too short",
            TransactionErrorCode.UnknownType or TransactionErrorCode.TypeNotSupported => "transaction type not supported",
            TransactionErrorCode.MalformedRlp => $"rlp: {Of(error.Rlp)} at byte {have}",
            TransactionErrorCode.BlobSidecarUnsupported => "transaction type not supported: blob transactions with their blobs",
            TransactionErrorCode.InvalidYParity => "invalid transaction v, r, s values",
            TransactionErrorCode.InvalidSignature => "invalid sender: invalid transaction v, r, s values",
            TransactionErrorCode.SignatureSTooHigh => "invalid sender: invalid transaction v, r, s values (EIP-2)",
            TransactionErrorCode.CreationNotAllowed => have == (ulong)TransactionType.SetCode
                ? "EIP-7702 transaction cannot be used to create contract"
                : "blob transaction of type create",
            TransactionErrorCode.ChainIdMismatch => $"invalid sender: invalid chain id for signer: have {have} want {want}",
            TransactionErrorCode.ChainIdNotAllowed => "invalid sender: invalid chain id for signer: not allowed yet",
            TransactionErrorCode.IntrinsicGasTooLow => $"intrinsic gas too low: gas {have}, minimum needed {want}",
            TransactionErrorCode.BelowFloorGas => $"insufficient gas for floor data gas cost: gas {have}, minimum needed {want}",
            TransactionErrorCode.GasLimitAboveMaximum => $"transaction gas limit too high (cap: {want}, tx: {have})",
            TransactionErrorCode.InitcodeTooLarge => $"max initcode size exceeded: code size {have}, limit {want}",
            TransactionErrorCode.EmptyAuthorizationList => "EIP-7702 transaction with empty auth list",
            TransactionErrorCode.NoBlobs => "blob transaction missing blob hashes",
            TransactionErrorCode.TooManyBlobs => $"blob transaction has too many blobs: transaction has {have} blobs, permitted {want}",
            TransactionErrorCode.InvalidBlobVersion => $"blob {have} has invalid hash version",
            TransactionErrorCode.PriorityFeeAboveMaxFee =>
                $"max priority fee per gas higher than max fee per gas: {who}maxPriorityFeePerGas: {have}, maxFeePerGas: {want}",
            TransactionErrorCode.NonceIsMax => "nonce has max value",
            TransactionErrorCode.CostOverflow => "insufficient funds for gas * price + value: required balance exceeds 256 bits",
            TransactionErrorCode.NonceTooLow => $"nonce too low: {who}tx: {have} state: {want}",
            TransactionErrorCode.NonceTooHigh => $"nonce too high: {who}tx: {have} state: {want}",
            TransactionErrorCode.SenderHasCode => $"sender not an eoa: {who.TrimEnd(' ', ',')}",
            TransactionErrorCode.InsufficientFunds =>
                $"insufficient funds for gas * price + value: {who.TrimEnd(' ', ',')} have {have} want {want}",
            TransactionErrorCode.MaxFeeBelowBaseFee => $"max fee per gas less than block base fee: {who}maxFeePerGas: {have}, baseFee: {want}",
            TransactionErrorCode.MaxFeePerBlobGasTooLow =>
                $"max fee per blob gas less than block blob gas fee: {who}blobGasFeeCap: {have}, blobBaseFee: {want}",
            TransactionErrorCode.BlockGasLimitExceeded => "exceeds block gas limit",
            TransactionErrorCode.BlockBlobGasLimitExceeded => "exceeds block blob gas limit",
            TransactionErrorCode.BlockSizeExceeded => "exceeds block size limit",
            TransactionErrorCode.None => "transaction refused",
            _ => $"transaction refused: {error.Code}",
        };
    }

    private static string HaveWant(TransactionError error) =>
        error.Want.IsZero ? string.Empty : $": gas price {error.Have}, minimum needed {error.Want}";

    private static string Of(RlpError? error) => error switch
    {
        RlpError.Truncated => "value size exceeds available input length",
        RlpError.TrailingBytes => "input list has too many elements or trailing bytes",
        RlpError.NonCanonicalLength => "non-canonical size information",
        RlpError.LeadingZero => "non-canonical integer (leading zero bytes)",
        RlpError.TooWide => "input string too long",
        RlpError.TooShort => "input string too short",
        RlpError.UnexpectedList => "expected input string or byte, found a list",
        RlpError.UnexpectedString => "expected input list, found a string",
        RlpError.LimitExceeded => "too many elements",
        _ => "invalid value",
    };
}
