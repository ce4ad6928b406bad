using System.Collections.Frozen;
using Grid.Chain;
using Grid.Primitives.Rlp;

namespace Grid.Node.Fixtures;

/// <summary>
/// Which of our errors a name in `expectException` means. A name that is listed nowhere, or another error than those listed, is a
/// failure.
/// </summary>
public static class ExpectedErrors
{
    /// <summary>One error that a name allows: a transaction's, a block's, or what of the bytes is malformed in either.</summary>
    private readonly record struct Allowed(TransactionErrorCode Transaction, BlockErrorCode Block, RlpError? Rlp)
    {
        public static implicit operator Allowed(TransactionErrorCode code) => new(code, BlockErrorCode.InvalidTransaction, null);

        public static implicit operator Allowed(BlockErrorCode code) => new(TransactionErrorCode.None, code, null);

        public static implicit operator Allowed(RlpError rlp) => new(TransactionErrorCode.MalformedRlp, BlockErrorCode.MalformedRlp, rlp);

        public bool Allows(TransactionError error) => error.Code == Transaction && (Rlp is null || error.Rlp == Rlp);

        /// <summary>What is wrong with an ommer's header has the name that it has in a block's.</summary>
        public bool Allows(BlockError error) => error.Code switch
        {
            BlockErrorCode.InvalidTransaction => Allows(error.Transaction),
            BlockErrorCode.InvalidOmmer => error.Ommer == Block,
            _ => error.Code == Block && (Rlp is null || error.Rlp == Rlp),
        };
    }

    private static readonly string[] Prefixes = ["TransactionException.", "BlockException."];

    /// <summary>Whatever is malformed.</summary>
    private static readonly Allowed Malformed = new(TransactionErrorCode.MalformedRlp, BlockErrorCode.MalformedRlp, null);

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

        // Ten blobs are more than a block of Osaka may have, and more than a transaction of Osaka may have: either reason is right. Before
        // Osaka only the block has a limit, and older fills call it a transaction's.
        ["TYPE_3_TX_BLOB_COUNT_EXCEEDED"] = [TransactionErrorCode.TooManyBlobs, TransactionErrorCode.BlockBlobGasLimitExceeded],
        ["TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"] = [TransactionErrorCode.BlockBlobGasLimitExceeded, TransactionErrorCode.TooManyBlobs],
        ["TYPE_3_TX_CONTRACT_CREATION"] = [TransactionErrorCode.CreationNotAllowed],
        ["TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH"] = [TransactionErrorCode.InvalidBlobVersion],
        ["TYPE_3_TX_WITH_FULL_BLOBS"] = [TransactionErrorCode.BlobSidecarUnsupported],
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

        // Blocks.
        ["BLOB_GAS_USED_ABOVE_LIMIT"] = [BlockErrorCode.BlobGasUsedAboveLimit],
        ["EXTRA_DATA_INVALID_DAO"] = [BlockErrorCode.DaoExtraDataMismatch],
        ["EXTRA_DATA_TOO_BIG"] = [BlockErrorCode.ExtraDataTooLong],
        ["GASLIMIT_TOO_BIG"] = [BlockErrorCode.GasLimitOutOfBounds],
        ["GAS_USED_OVERFLOW"] = [BlockErrorCode.GasUsedAboveLimit, TransactionErrorCode.BlockGasLimitExceeded],
        ["IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"] = [BlockErrorCode.DifficultyMismatch],
        ["IMPORT_IMPOSSIBLE_LEGACY"] = [BlockErrorCode.HeaderFieldMismatch],
        ["IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT"] = [BlockErrorCode.HeaderFieldMismatch],
        ["IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT"] = [BlockErrorCode.HeaderFieldMismatch],
        ["IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI"] = [BlockErrorCode.HeaderFieldMismatch],
        ["IMPORT_IMPOSSIBLE_PARIS_WRONG_POS"] = [BlockErrorCode.DifficultyMismatch],
        ["IMPORT_IMPOSSIBLE_PARIS_WRONG_POW"] = [BlockErrorCode.DifficultyMismatch],
        ["IMPORT_IMPOSSIBLE_SHANGHAI"] = [BlockErrorCode.HeaderFieldMismatch],
        ["IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS"] = [BlockErrorCode.OmmersNotEmpty],
        ["INCORRECT_BLOB_GAS_USED"] = [BlockErrorCode.BlobGasUsedMismatch],
        ["INCORRECT_BLOCK_FORMAT"] = [BlockErrorCode.HeaderFieldMismatch, Malformed], // A field that is missing in the middle shifts the next ones.
        ["INCORRECT_EXCESS_BLOB_GAS"] = [BlockErrorCode.ExcessBlobGasMismatch],
        ["INVALID_BASEFEE_PER_GAS"] = [BlockErrorCode.BaseFeeMismatch],
        ["INVALID_BLOCK_NUMBER"] = [BlockErrorCode.NumberMismatch],
        ["INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT"] = [BlockErrorCode.TimestampNotAfterParent],
        ["INVALID_BLOCK_HASH"] = [BlockErrorCode.BlockHashMismatch],
        ["INVALID_DEPOSIT_EVENT_LAYOUT"] = [BlockErrorCode.InvalidDepositEvent],
        ["INVALID_DIFFICULTY"] = [BlockErrorCode.DifficultyMismatch],
        ["INVALID_GASLIMIT"] = [BlockErrorCode.GasLimitOutOfBounds],
        ["INVALID_GAS_USED"] = [BlockErrorCode.GasUsedMismatch],
        ["INVALID_LOG_BLOOM"] = [BlockErrorCode.LogsBloomMismatch],
        ["INVALID_RECEIPTS_ROOT"] = [BlockErrorCode.ReceiptsRootMismatch],
        ["INVALID_REQUESTS"] = [BlockErrorCode.RequestsHashMismatch],
        ["INVALID_STATE_ROOT"] = [BlockErrorCode.StateRootMismatch],
        ["INVALID_TRANSACTIONS_ROOT"] = [BlockErrorCode.TransactionsRootMismatch],
        ["INVALID_VERSIONED_HASHES"] = [BlockErrorCode.VersionedHashesMismatch],
        ["INVALID_WITHDRAWALS_ROOT"] = [BlockErrorCode.WithdrawalsRootMismatch],
        ["RLP_BLOCK_LIMIT_EXCEEDED"] = [BlockErrorCode.BlockTooLarge],
        ["RLP_INVALID_ADDRESS"] = [RlpError.TooShort, RlpError.TooWide],
        ["RLP_INVALID_FIELD_OVERFLOW_64"] = [RlpError.TooWide],
        ["RLP_STRUCTURES_ENCODING"] = [Malformed],
        ["RLP_WITHDRAWALS_NOT_READ"] = [BlockErrorCode.WithdrawalsMissing],
        ["SYSTEM_CONTRACT_CALL_FAILED"] = [BlockErrorCode.SystemCallFailed],
        ["SYSTEM_CONTRACT_EMPTY"] = [BlockErrorCode.SystemContractMissing],
        ["UNCLE_PARENT_INCORRECT"] = [BlockErrorCode.OmmerParentUnknown, BlockErrorCode.OmmerTooOld],
        ["UNKNOWN_PARENT"] = [BlockErrorCode.UnknownParent],
        ["UNKNOWN_PARENT_ZERO"] = [BlockErrorCode.UnknownParent],

        // Names of the older fills.
        ["1559BlockImportImpossible_BaseFeeWrong"] = [BlockErrorCode.BaseFeeMismatch],
        ["1559BlockImportImpossible_HeaderIsLegacy"] = [BlockErrorCode.HeaderFieldMismatch],
        ["3675PoSBlockRejected"] = [BlockErrorCode.DifficultyMismatch],
        ["3675PoWBlockRejected"] = [BlockErrorCode.DifficultyMismatch],
        ["3675PreParis1559BlockRejected"] = [BlockErrorCode.DifficultyMismatch, BlockErrorCode.OmmersNotEmpty],
        ["BlockGasLimitReached"] = [TransactionErrorCode.BlockGasLimitExceeded],
        ["ExtraDataIncorrectDAO"] = [BlockErrorCode.DaoExtraDataMismatch],
        ["ExtraDataTooBig"] = [BlockErrorCode.ExtraDataTooLong],
        ["INPUT_UNMARSHAL_ADDRESS_ERROR"] = [RlpError.TooShort, RlpError.TooWide],
        ["INPUT_UNMARSHAL_ERROR"] = [Malformed],

        // Seals aren't verified. The block is refused all the same, since its state lacks the reward of the ommer with the wrong seal.
        ["InvalidBlockNonce"] = [BlockErrorCode.StateRootMismatch],
        ["InvalidDifficulty"] = [BlockErrorCode.DifficultyMismatch],
        ["InvalidGasLimit"] = [BlockErrorCode.GasLimitOutOfBounds],
        ["InvalidGasLimit2"] = [BlockErrorCode.GasLimitOutOfBounds],
        ["InvalidGasUsed"] = [BlockErrorCode.GasUsedMismatch],
        ["InvalidLogBloom"] = [BlockErrorCode.LogsBloomMismatch],
        ["InvalidNumber"] = [BlockErrorCode.NumberMismatch],
        ["InvalidReceiptsStateRoot"] = [BlockErrorCode.ReceiptsRootMismatch],
        ["InvalidStateRoot"] = [BlockErrorCode.StateRootMismatch],
        ["InvalidTimestamp"] = [BlockErrorCode.TimestampNotAfterParent],
        ["InvalidTimestampOlderParent"] = [BlockErrorCode.TimestampNotAfterParent],
        ["InvalidTransactionsRoot"] = [BlockErrorCode.TransactionsRootMismatch],
        ["InvalidUncleParentHash"] = [BlockErrorCode.OmmerParentUnknown, BlockErrorCode.OmmerIsAncestor], // The genesis block as an ommer is both.
        ["InvalidUnclesHash"] = [BlockErrorCode.OmmersHashMismatch],
        ["InvalidWithdrawals"] = [BlockErrorCode.WithdrawalsRootMismatch],
        ["LegacyBlockImportImpossible"] = [BlockErrorCode.HeaderFieldMismatch],
        ["LegacyBlockImportImpossible2"] = [BlockErrorCode.HeaderFieldMismatch],
        ["ParisBlockImportImpossible"] = [BlockErrorCode.HeaderFieldMismatch],
        ["PostParisDifficultyIsNot0"] = [BlockErrorCode.DifficultyMismatch],
        ["PostParisUncleHashIsNotEmpty"] = [BlockErrorCode.OmmersNotEmpty],
        ["RLP_ExpectedAsList"] = [RlpError.UnexpectedString],
        ["ShanghaiBlockImportImpossible"] = [BlockErrorCode.HeaderFieldMismatch],
        ["TooManyUncles"] = [BlockErrorCode.TooManyOmmers],
        ["TooMuchGasUsed"] = [BlockErrorCode.GasUsedAboveLimit, BlockErrorCode.GasLimitOutOfBounds], // A limit of zero is both.
        ["UncleInChain"] = [BlockErrorCode.OmmerRepeated, BlockErrorCode.OmmerIsAncestor],
        ["UncleIsAncestor"] = [BlockErrorCode.OmmerIsAncestor],
        ["UncleIsBrother"] = [BlockErrorCode.OmmerIsSibling],
        ["UncleParentIsNotAncestor"] = [BlockErrorCode.OmmerParentUnknown, BlockErrorCode.OmmerIsSibling, BlockErrorCode.OmmerTooOld],
        ["UncleTooOld"] = [BlockErrorCode.OmmerTooOld],
        ["UnknownParent"] = [BlockErrorCode.UnknownParent],
        ["UnknownParent2"] = [BlockErrorCode.UnknownParent],
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
    public static bool Matches(string expected, TransactionError error) => Matches(expected, allowed => allowed.Allows(error));

    /// <inheritdoc cref="Matches(string, TransactionError)"/>
    public static bool Matches(string expected, BlockError error) => Matches(expected, allowed => allowed.Allows(error));

    /// <summary>Whether the table has the name.</summary>
    public static bool Knows(string name) => ByName.ContainsKey(Short(name));

    private static bool Matches(string expected, Predicate<Allowed> allows)
    {
        foreach (var name in expected.Split('|'))
        {
            if (ByName.TryGetValue(Short(name), out var allowed) && Array.Exists(allowed, allows))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A name for an error: the first that allows it; null for no error.</summary>
    public static string? NameOf(TransactionError error) =>
        error.IsNone ? null : Prefixes[0] + ByName.First(pair => Array.Exists(pair.Value, allowed => allowed.Allows(error))).Key;

    private static string Short(string name) => Array.Find(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? name[prefix.Length..] : name;
}
