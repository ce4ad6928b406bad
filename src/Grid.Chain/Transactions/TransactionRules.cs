using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>When a transaction is valid: by itself, in a block, and for its sender. Each rule has its own error.</summary>
public static class TransactionRules
{
    /// <summary>EIP-7825: gas units one transaction may ask for from Osaka on.</summary>
    public const ulong MaxGasLimit = 1 << 24;

    /// <summary>EIP-3860: bytes of initcode from Shanghai on.</summary>
    public const int MaxInitcodeLength = 2 * 24_576;

    /// <summary>EIP-2681: no account can have a larger nonce, so no transaction can have this one.</summary>
    public const ulong MaxNonce = ulong.MaxValue;

    /// <summary>Rules that need the fork and the chain only.</summary>
    public static TransactionError CheckStatic(Transaction transaction, Fork fork, ulong chainId, out IntrinsicGas intrinsic)
    {
        intrinsic = IntrinsicGas.Of(transaction, fork);
        var error = CheckTypeAndChain(transaction, fork, chainId);
        if (error.IsNone)
        {
            error = CheckShape(transaction, fork);
        }
        if (error.IsNone)
        {
            error = CheckGas(transaction, fork, in intrinsic);
        }
        // With the value the cost is the sender's balance's business: no balance reaches 2^256.
        if (error.IsNone && UInt256.MultiplyOverflow(transaction.MaxFeePerGas, transaction.GasLimit, out _))
        {
            error = new TransactionError(TransactionErrorCode.CostOverflow);
        }
        return error;
    }

    /// <summary>Rules on the prices and the room of a block.</summary>
    /// <param name="gasLeft">Gas units of the block's limit that earlier transactions left.</param>
    /// <param name="blobGasLeft">Blob gas units that earlier transactions left.</param>
    public static TransactionError CheckInBlock(
        Transaction transaction, in UInt256 baseFeePerGas, in UInt256 baseFeePerBlobGas, ulong gasLeft, ulong blobGasLeft)
    {
        if (transaction.GasLimit > gasLeft)
        {
            return new TransactionError(TransactionErrorCode.BlockGasLimitExceeded, transaction.GasLimit, gasLeft);
        }
        if (transaction.MaxFeePerGas < baseFeePerGas)
        {
            return new TransactionError(TransactionErrorCode.MaxFeeBelowBaseFee, transaction.MaxFeePerGas, baseFeePerGas);
        }
        if (transaction.Type == TransactionType.Blob)
        {
            if (transaction.BlobGas > blobGasLeft)
            {
                return new TransactionError(TransactionErrorCode.BlockBlobGasLimitExceeded, transaction.BlobGas, blobGasLeft);
            }
            if (transaction.MaxFeePerBlobGas < baseFeePerBlobGas)
            {
                return new TransactionError(TransactionErrorCode.MaxFeePerBlobGasTooLow, transaction.MaxFeePerBlobGas, baseFeePerBlobGas);
            }
        }
        return default;
    }

    /// <summary>Rules on the sender's account.</summary>
    /// <param name="code">The sender's code; null for none.</param>
    public static TransactionError CheckSender(Transaction transaction, ulong nonce, in UInt256 balance, Bytecode? code)
    {
        if (transaction.Nonce != nonce)
        {
            var direction = transaction.Nonce < nonce ? TransactionErrorCode.NonceTooLow : TransactionErrorCode.NonceTooHigh;
            return new TransactionError(direction, transaction.Nonce, nonce);
        }
        if (code is { Length: > 0 } && !Delegation.TryParse(code.Bytes, out _))
        {
            return new TransactionError(TransactionErrorCode.SenderHasCode);
        }
        if (!TryGetMaxCost(transaction, out var cost))
        {
            return new TransactionError(TransactionErrorCode.InsufficientFunds, balance, UInt256.MaxValue);
        }
        return balance < cost ? new TransactionError(TransactionErrorCode.InsufficientFunds, balance, cost) : default;
    }

    /// <summary>What the transaction may cost at most, in wei: gas at the max fee, blob gas at its max fee, and the value; false over 256 bits.</summary>
    public static bool TryGetMaxCost(Transaction transaction, out UInt256 cost)
    {
        if (UInt256.MultiplyOverflow(transaction.MaxFeePerGas, transaction.GasLimit, out cost)
            || UInt256.AddOverflow(in cost, transaction.Value, out cost))
        {
            return false;
        }
        return transaction.BlobVersionedHashes.Length == 0
            || !(UInt256.MultiplyOverflow(transaction.MaxFeePerBlobGas, transaction.BlobGas, out var blobCost) || UInt256.AddOverflow(in cost, in blobCost, out cost));
    }

    /// <summary>The fork that brings a transaction type.</summary>
    public static Fork FirstForkOf(TransactionType type) => type switch
    {
        TransactionType.Legacy => Fork.Frontier,
        TransactionType.AccessList => Fork.Berlin,
        TransactionType.DynamicFee => Fork.London,
        TransactionType.Blob => Fork.Cancun,
        _ => Fork.Prague,
    };

    private static TransactionError CheckTypeAndChain(Transaction transaction, Fork fork, ulong chainId)
    {
        if (fork < FirstForkOf(transaction.Type))
        {
            return new TransactionError(TransactionErrorCode.TypeNotSupported, (ulong)transaction.Type);
        }
        if (transaction.ChainId is { } chain)
        {
            if (fork < Fork.SpuriousDragon)
            {
                return new TransactionError(TransactionErrorCode.ChainIdNotAllowed, chain);
            }
            if (chain != chainId)
            {
                return new TransactionError(TransactionErrorCode.ChainIdMismatch, chain, chainId);
            }
        }
        return fork >= Fork.Homestead && transaction.S > Secp256k1.HalfOrder
            ? new TransactionError(TransactionErrorCode.SignatureSTooHigh, transaction.S, Secp256k1.HalfOrder)
            : default;
    }

    private static TransactionError CheckShape(Transaction transaction, Fork fork)
    {
        if (transaction.Nonce == MaxNonce)
        {
            return new TransactionError(TransactionErrorCode.NonceIsMax, transaction.Nonce);
        }
        if (transaction.MaxPriorityFeePerGas > transaction.MaxFeePerGas)
        {
            return new TransactionError(TransactionErrorCode.PriorityFeeAboveMaxFee, transaction.MaxPriorityFeePerGas, transaction.MaxFeePerGas);
        }
        if (transaction.IsCreation && transaction.Type >= TransactionType.Blob)
        {
            return new TransactionError(TransactionErrorCode.CreationNotAllowed, (ulong)transaction.Type);
        }
        if (transaction.Type == TransactionType.SetCode && transaction.AuthorizationList.Length == 0)
        {
            return new TransactionError(TransactionErrorCode.EmptyAuthorizationList);
        }
        return transaction.Type == TransactionType.Blob ? CheckBlobs(transaction, fork) : default;
    }

    private static TransactionError CheckBlobs(Transaction transaction, Fork fork)
    {
        var count = transaction.BlobVersionedHashes.Length;
        if (count == 0)
        {
            return new TransactionError(TransactionErrorCode.NoBlobs);
        }
        if (fork >= Fork.Osaka && count > BlobGasRules.MaxBlobsPerTransaction)
        {
            return new TransactionError(TransactionErrorCode.TooManyBlobs, count, BlobGasRules.MaxBlobsPerTransaction);
        }
        for (var i = 0; i < count; i++)
        {
            if (transaction.BlobVersionedHashes[i].Span[0] != BlobGasRules.VersionedHashVersionKzg)
            {
                return new TransactionError(TransactionErrorCode.InvalidBlobVersion, i);
            }
        }
        return default;
    }

    private static TransactionError CheckGas(Transaction transaction, Fork fork, in IntrinsicGas intrinsic)
    {
        if (transaction.GasLimit < intrinsic.Gas)
        {
            return new TransactionError(TransactionErrorCode.IntrinsicGasTooLow, transaction.GasLimit, intrinsic.Gas);
        }
        if (transaction.GasLimit < intrinsic.Floor)
        {
            return new TransactionError(TransactionErrorCode.BelowFloorGas, transaction.GasLimit, intrinsic.Floor);
        }
        if (fork >= Fork.Shanghai && transaction.IsCreation && transaction.Data.Length > MaxInitcodeLength)
        {
            return new TransactionError(TransactionErrorCode.InitcodeTooLarge, transaction.Data.Length, MaxInitcodeLength);
        }
        return fork >= Fork.Osaka && transaction.GasLimit > MaxGasLimit
            ? new TransactionError(TransactionErrorCode.GasLimitAboveMaximum, transaction.GasLimit, MaxGasLimit)
            : default;
    }
}
