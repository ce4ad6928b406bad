using System.Diagnostics.CodeAnalysis;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain.Engine;

/// <summary>An error of the Engine API itself, which says nothing of the block; the value is the JSON-RPC error code.</summary>
public enum EngineError
{
    None = 0,

    /// <summary>Parameters, or fields of the payload, that the version doesn't have, or lacks.</summary>
    InvalidParams = -32602,

    /// <summary>The payload's time isn't that of a fork that the version is for.</summary>
    UnsupportedFork = -38005,
}

/// <summary>What a call of engine_newPayload must be, and the block that it means (ethereum/execution-apis, src/engine, Paris to Osaka).</summary>
public static class NewPayloadRules
{
    /// <summary>Whether the parameters are those of the version, and the version that of the fork.</summary>
    public static EngineError Check(NewPayload call, ChainSpec spec)
    {
        var payload = call.Payload;
        var fork = spec.ForkAt(payload.BlockNumber, payload.Timestamp, isAfterMerge: true);
        var hasBlobFields = payload.BlobGasUsed is not null && payload.ExcessBlobGas is not null;
        var lacksBlobFields = payload.BlobGasUsed is null && payload.ExcessBlobGas is null;
        var areParamsRight = call.Version switch
        {
            1 => payload.Withdrawals is null && lacksBlobFields && HasNoneSince3(call),
            2 => (payload.Withdrawals is not null) == (fork >= Fork.Shanghai) && lacksBlobFields && HasNoneSince3(call),
            3 => HasAllOf3(call) && hasBlobFields && call.ExecutionRequests is null,
            4 => HasAllOf3(call) && hasBlobFields && call.ExecutionRequests is { } requests && AreOrdered(requests),
            _ => false,
        };
        if (!areParamsRight)
        {
            return EngineError.InvalidParams;
        }
        var isForkRight = call.Version switch
        {
            1 or 2 => fork < Fork.Cancun,
            3 => fork == Fork.Cancun,
            _ => fork is >= Fork.Prague and < Fork.Amsterdam,
        };
        return isForkRight ? EngineError.None : EngineError.UnsupportedFork;
    }

    /// <summary>The block that the payload means; an error where its hash, its blobs or its transactions aren't what the call says.</summary>
    public static bool TryGetBlock(NewPayload call, [NotNullWhen(true)] out Block? block, out BlockError error)
    {
        block = null;
        error = default;
        var payload = call.Payload;
        var transactions = new Transaction[payload.Transactions.Length];
        for (var i = 0; i < transactions.Length; i++)
        {
            if (!Transaction.TryDecode(payload.Transactions[i], out var transaction, out var transactionError))
            {
                error = BlockError.OfTransaction(i, transactionError);
                return false;
            }
            transactions[i] = transaction;
        }
        var header = ToHeader(call, transactions);
        if (header.Hash != payload.BlockHash)
        {
            error = BlockError.Mismatch(BlockErrorCode.BlockHashMismatch, payload.BlockHash, header.Hash);
            return false;
        }
        if (call.VersionedHashes is { } expected && !expected.AsSpan().SequenceEqual([.. transactions.SelectMany(transaction => transaction.BlobVersionedHashes)]))
        {
            error = new BlockError(BlockErrorCode.VersionedHashesMismatch);
            return false;
        }
        block = new Block(header, transactions, [], payload.Withdrawals);
        return true;
    }

    private static BlockHeader ToHeader(NewPayload call, Transaction[] transactions)
    {
        var payload = call.Payload;
        return new BlockHeader
        {
            ParentHash = payload.ParentHash,
            Beneficiary = payload.FeeRecipient,
            StateRoot = payload.StateRoot,
            TransactionsRoot = BlockRoots.OfTransactions(transactions),
            ReceiptsRoot = payload.ReceiptsRoot,
            LogsBloom = payload.LogsBloom,
            Difficulty = UInt256.Zero,
            Number = payload.BlockNumber,
            GasLimit = payload.GasLimit,
            GasUsed = payload.GasUsed,
            Timestamp = payload.Timestamp,
            ExtraData = payload.ExtraData,
            PrevRandao = payload.PrevRandao,
            BaseFeePerGas = payload.BaseFeePerGas,
            WithdrawalsRoot = payload.Withdrawals is { } withdrawals ? BlockRoots.OfWithdrawals(withdrawals) : null,
            BlobGasUsed = payload.BlobGasUsed,
            ExcessBlobGas = payload.ExcessBlobGas,
            ParentBeaconBlockRoot = call.ParentBeaconBlockRoot,
            RequestsHash = call.ExecutionRequests is { } requests ? Chain.ExecutionRequests.HashOf(requests) : null,
        };
    }

    private static bool HasAllOf3(NewPayload call) =>
        call.Payload.Withdrawals is not null && call.VersionedHashes is not null && call.ParentBeaconBlockRoot is not null;

    private static bool HasNoneSince3(NewPayload call) =>
        call.VersionedHashes is null && call.ParentBeaconBlockRoot is null && call.ExecutionRequests is null;

    /// <summary>EIP-7685: by type, each type once, none empty.</summary>
    private static bool AreOrdered(byte[][] requests)
    {
        for (var i = 0; i < requests.Length; i++)
        {
            if (requests[i].Length < 2 || (i > 0 && requests[i][0] <= requests[i - 1][0]))
            {
                return false;
            }
        }
        return true;
    }
}
