using System.Collections.Frozen;
using Grid.Chain;
using Grid.Primitives.Rlp;

namespace Grid.Node.Fixtures;

/// <summary>
/// Which of our errors a name in `expectException` means. A name that is listed nowhere, or another error than those listed, is a
/// failure.
/// </summary>
public static class ExpectedTransactionErrors
{
    /// <summary>One error that a name allows.</summary>
    /// <param name="Rlp">What must be malformed, for <see cref="TransactionErrorCode.MalformedRlp"/>; null for anything.</param>
    private readonly record struct Allowed(TransactionErrorCode Code, RlpError? Rlp = null)
    {
        public static implicit operator Allowed(TransactionErrorCode code) => new(code);

        public static implicit operator Allowed(RlpError rlp) => new(TransactionErrorCode.MalformedRlp, rlp);

        public bool Allows(TransactionError error) => error.Code == Code && (Rlp is null || error.Rlp == Rlp);
    }

    private const string Prefix = "TransactionException.";

    private static readonly FrozenDictionary<string, Allowed[]> ByName = new Dictionary<string, Allowed[]>(StringComparer.Ordinal)
    {
        ["GAS_ALLOWANCE_EXCEEDED"] = [TransactionErrorCode.BlockGasLimitExceeded],
        ["GAS_LIMIT_EXCEEDS_MAXIMUM"] = [TransactionErrorCode.GasLimitAboveMaximum],
        ["GASLIMIT_PRICE_PRODUCT_OVERFLOW"] = [TransactionErrorCode.CostOverflow],
        ["INITCODE_SIZE_EXCEEDED"] = [TransactionErrorCode.InitcodeTooLarge],
        ["INSUFFICIENT_ACCOUNT_FUNDS"] = [TransactionErrorCode.InsufficientFunds],
        ["INSUFFICIENT_MAX_FEE_PER_BLOB_GAS"] = [TransactionErrorCode.MaxFeePerBlobGasTooLow],
        ["INSUFFICIENT_MAX_FEE_PER_GAS"] = [TransactionErrorCode.MaxFeeBelowBaseFee],
        ["INTRINSIC_GAS_BELOW_FLOOR_GAS_COST"] = [TransactionErrorCode.BelowFloorGas],
        ["INTRINSIC_GAS_TOO_LOW"] = [TransactionErrorCode.IntrinsicGasTooLow],
        
        // EIP-155 puts the chain into v: a v that is no chain's, and one that comes before that EIP, go by either name.
        ["INVALID_CHAINID"] = [TransactionErrorCode.ChainIdMismatch, TransactionErrorCode.InvalidYParity],
        ["INVALID_SIGNATURE_VRS"] =
        [
            TransactionErrorCode.InvalidSignature, TransactionErrorCode.InvalidYParity, TransactionErrorCode.SignatureSTooHigh,
            TransactionErrorCode.ChainIdNotAllowed, RlpError.TooWide,
        ],
        ["EC_RECOVERY_FAIL"] = [TransactionErrorCode.InvalidSignature],
        ["NONCE_IS_MAX"] = [TransactionErrorCode.NonceIsMax],
        ["NONCE_TOO_BIG"] = [TransactionErrorCode.NonceIsMax],
        ["NONCE_MISMATCH_TOO_HIGH"] = [TransactionErrorCode.NonceTooHigh],
        ["NONCE_MISMATCH_TOO_LOW"] = [TransactionErrorCode.NonceTooLow],
        ["PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS"] = [TransactionErrorCode.PriorityFeeAboveMaxFee],
        ["PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2"] = [TransactionErrorCode.PriorityFeeAboveMaxFee],
        ["SENDER_NOT_EOA"] = [TransactionErrorCode.SenderHasCode],
        ["TYPE_1_TX_PRE_FORK"] = [TransactionErrorCode.TypeNotSupported],
        ["TYPE_2_TX_PRE_FORK"] = [TransactionErrorCode.TypeNotSupported],
        ["TYPE_3_TX_PRE_FORK"] = [TransactionErrorCode.TypeNotSupported],
        ["TYPE_4_TX_PRE_FORK"] = [TransactionErrorCode.TypeNotSupported],
        ["TYPE_NOT_SUPPORTED"] = [TransactionErrorCode.TypeNotSupported, TransactionErrorCode.UnknownType],
        ["TYPE_3_TX_BLOB_COUNT_EXCEEDED"] = [TransactionErrorCode.TooManyBlobs],

        // Ten blobs are more than a block of Osaka may have, and more than a transaction of Osaka may have: either reason is right.
        ["TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"] = [TransactionErrorCode.BlockBlobGasLimitExceeded, TransactionErrorCode.TooManyBlobs],
        ["TYPE_3_TX_CONTRACT_CREATION"] = [TransactionErrorCode.CreationNotAllowed],
        ["TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH"] = [TransactionErrorCode.InvalidBlobVersion],
        ["TYPE_3_TX_ZERO_BLOBS"] = [TransactionErrorCode.NoBlobs],
        ["TYPE_4_EMPTY_AUTHORIZATION_LIST"] = [TransactionErrorCode.EmptyAuthorizationList],
        ["TYPE_4_INVALID_AUTHORITY_SIGNATURE"] = [RlpError.TooWide],
        ["TYPE_4_INVALID_AUTHORITY_SIGNATURE_S_TOO_HIGH"] = [RlpError.TooWide],
        ["TYPE_4_INVALID_AUTHORIZATION_FORMAT"] =
            [RlpError.TooWide, RlpError.TrailingBytes, RlpError.Truncated, RlpError.LeadingZero, RlpError.TooShort, RlpError.UnexpectedList, RlpError.UnexpectedString],
        ["TYPE_4_TX_CONTRACT_CREATION"] = [TransactionErrorCode.CreationNotAllowed],

        // What only the bytes tell: transaction tests.
        ["ADDRESS_TOO_LONG"] = [RlpError.TooWide],
        ["ADDRESS_TOO_SHORT"] = [RlpError.TooShort],
        ["GASLIMIT_OVERFLOW"] = [RlpError.TooWide, RlpError.LeadingZero],
        ["GASPRICE_OVERFLOW"] = [RlpError.TooWide],
        ["NONCE_OVERFLOW"] = [RlpError.TooWide],
        ["PRIORITY_OVERFLOW"] = [RlpError.TooWide],
        ["VALUE_OVERFLOW"] = [RlpError.TooWide],
        ["RLP_ERROR_EOF"] = [RlpError.Truncated, TransactionErrorCode.Empty, TransactionErrorCode.UnknownType],
        ["RLP_ERROR_SIZE"] = [RlpError.TrailingBytes, RlpError.Truncated, RlpError.NonCanonicalLength],
        ["RLP_ERROR_SIZE_LEADING_ZEROS"] = [RlpError.NonCanonicalLength],
        ["RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG"] = [RlpError.TooWide],
        ["RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT"] = [RlpError.TooShort],
        ["RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG"] = [RlpError.TooWide],
        ["RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT"] = [RlpError.TooShort],
        ["RLP_INVALID_DATA"] = [RlpError.UnexpectedList],
        ["RLP_INVALID_GASLIMIT"] = [RlpError.UnexpectedList],
        ["RLP_INVALID_NONCE"] = [RlpError.UnexpectedList],
        ["RLP_INVALID_SIGNATURE_R"] = [RlpError.UnexpectedList, RlpError.TooWide],
        ["RLP_INVALID_SIGNATURE_S"] = [RlpError.UnexpectedList, RlpError.TooWide],
        ["RLP_INVALID_TO"] = [RlpError.UnexpectedList, RlpError.TooShort, RlpError.TooWide],
        ["RLP_INVALID_VALUE"] = [RlpError.UnexpectedList, RlpError.TooWide],
        ["RLP_INVALID_HEADER"] = [RlpError.TrailingBytes, RlpError.UnexpectedString, TransactionErrorCode.UnknownType],
        ["RLP_LEADING_ZEROS_BASEFEE"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_DATA_SIZE"] = [RlpError.NonCanonicalLength],
        ["RLP_LEADING_ZEROS_GASLIMIT"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_GASPRICE"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_NONCE"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_NONCE_SIZE"] = [RlpError.NonCanonicalLength],
        ["RLP_LEADING_ZEROS_PRIORITY_FEE"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_R"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_S"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_V"] = [RlpError.LeadingZero],
        ["RLP_LEADING_ZEROS_VALUE"] = [RlpError.LeadingZero],
        ["RLP_TOO_FEW_ELEMENTS"] = [RlpError.Truncated],
        ["RLP_TOO_MANY_ELEMENTS"] = [RlpError.TrailingBytes],

        // Names of the older fills.
        ["IntrinsicGas"] = [TransactionErrorCode.IntrinsicGasTooLow],
        ["SenderNotEOA"] = [TransactionErrorCode.SenderHasCode],
        ["SenderNotEOAorNoCASH"] = [TransactionErrorCode.SenderHasCode, TransactionErrorCode.InsufficientFunds],
        ["TR_BLOBCREATE"] = [TransactionErrorCode.CreationNotAllowed],
        ["TR_BLOBLIST_OVERSIZE"] = [TransactionErrorCode.BlockBlobGasLimitExceeded, TransactionErrorCode.TooManyBlobs],
        ["TR_BLOBVERSION_INVALID"] = [TransactionErrorCode.InvalidBlobVersion],
        ["TR_EMPTYBLOB"] = [TransactionErrorCode.NoBlobs],
        ["TR_FeeCapLessThanBlocks"] = [TransactionErrorCode.MaxFeeBelowBaseFee],
        ["TR_FeeCapLessThanBlocksORGasLimitReached"] = [TransactionErrorCode.MaxFeeBelowBaseFee, TransactionErrorCode.BlockGasLimitExceeded],
        ["TR_FeeCapLessThanBlocksORNoFunds"] = [TransactionErrorCode.MaxFeeBelowBaseFee, TransactionErrorCode.InsufficientFunds],
        ["TR_GasLimitReached"] = [TransactionErrorCode.BlockGasLimitExceeded],
        ["TR_InitCodeLimitExceeded"] = [TransactionErrorCode.InitcodeTooLarge],
        ["TR_IntrinsicGas"] = [TransactionErrorCode.IntrinsicGasTooLow],
        ["TR_NoFunds"] = [TransactionErrorCode.InsufficientFunds],
        ["TR_NoFundsX"] = [TransactionErrorCode.InsufficientFunds, TransactionErrorCode.CostOverflow],
        ["TR_NoFundsOrGas"] = [TransactionErrorCode.InsufficientFunds, TransactionErrorCode.IntrinsicGasTooLow],
        ["TR_NonceHasMaxValue"] = [TransactionErrorCode.NonceIsMax],
        ["TR_NonceTooHigh"] = [TransactionErrorCode.NonceTooHigh],
        ["TR_NonceTooLow"] = [TransactionErrorCode.NonceTooLow],
        ["TR_RLP_WRONGVALUE"] = [RlpError.TooWide],
        ["TR_TipGtFeeCap"] = [TransactionErrorCode.PriorityFeeAboveMaxFee],
        ["TR_TypeNotSupported"] = [TransactionErrorCode.TypeNotSupported],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the error is what `expectException` asks for: one name, or several between bars of which any will do.</summary>
    public static bool Matches(string expected, TransactionError error)
    {
        foreach (var name in expected.Split('|'))
        {
            if (ByName.TryGetValue(Short(name), out var allowed) && Array.Exists(allowed, a => a.Allows(error)))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A name for an error: the first that allows it; null for no error.</summary>
    public static string? NameOf(TransactionError error) =>
        error.IsNone ? null : Prefix + ByName.First(pair => Array.Exists(pair.Value, allowed => allowed.Allows(error))).Key;

    /// <summary>Whether the table has the name.</summary>
    public static bool Knows(string name) => ByName.ContainsKey(Short(name));

    private static string Short(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
}
