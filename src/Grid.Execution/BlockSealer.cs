using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution;

/// <summary>Makes the block of an execution and its state root, and compares such a block with a given one.</summary>
public static class BlockSealer
{
    /// <summary>The finished block: the environment's header with what the execution led to.</summary>
    public static Block Seal(BlockExecution execution, in Hash256 stateRoot) => Seal(execution, in stateRoot, BodyRoots.Of(execution));

    /// <summary>The same with roots that are computed already.</summary>
    public static Block Seal(BlockExecution execution, in Hash256 stateRoot, BodyRoots roots)
    {
        var environment = execution.Environment;
        var fork = environment.Fork;
        var start = environment.Header;
        var header = new BlockHeader
        {
            ParentHash = start.ParentHash,
            OmmersHash = start.OmmersHash,
            Beneficiary = start.Beneficiary,
            StateRoot = stateRoot,
            TransactionsRoot = roots.Transactions,
            ReceiptsRoot = roots.Receipts,
            LogsBloom = roots.LogsBloom,
            Difficulty = start.Difficulty,
            Number = start.Number,
            GasLimit = start.GasLimit,
            GasUsed = execution.GasUsed,
            Timestamp = start.Timestamp,
            ExtraData = start.ExtraData,
            PrevRandao = start.PrevRandao,
            Nonce = start.Nonce,
            BaseFeePerGas = start.BaseFeePerGas,
            WithdrawalsRoot = fork >= Fork.Shanghai ? BlockRoots.OfWithdrawals(environment.Withdrawals) : null,
            BlobGasUsed = fork >= Fork.Cancun ? execution.BlobGasUsed : null,
            ExcessBlobGas = start.ExcessBlobGas,
            ParentBeaconBlockRoot = start.ParentBeaconBlockRoot,
            RequestsHash = fork >= Fork.Prague ? ExecutionRequests.HashOf(execution.Requests) : null,
            BlockAccessListHash = fork >= Fork.Amsterdam ? execution.AccessList.Hash : null,
        };
        return new Block(header, execution.Transactions, [], fork >= Fork.Shanghai ? environment.Withdrawals : null);
    }

    /// <summary>Whether a given header says what its execution led to.</summary>
    public static BlockError Check(BlockHeader header, BlockExecution execution, in Hash256 stateRoot) =>
        Check(header, execution, in stateRoot, BodyRoots.Of(execution));

    /// <summary>The same with roots that are computed already.</summary>
    public static BlockError Check(BlockHeader header, BlockExecution execution, in Hash256 stateRoot, BodyRoots roots)
    {
        if (header.GasUsed != execution.GasUsed)
        {
            return new BlockError(BlockErrorCode.GasUsedMismatch, header.GasUsed, execution.GasUsed);
        }
        var fork = execution.Environment.Fork;
        if (header.TransactionsRoot != roots.Transactions)
        {
            return BlockError.Mismatch(BlockErrorCode.TransactionsRootMismatch, header.TransactionsRoot, roots.Transactions);
        }
        if (fork >= Fork.Cancun && header.BlobGasUsed != execution.BlobGasUsed)
        {
            var code = header.BlobGasUsed > execution.Environment.MaxBlobGas ? BlockErrorCode.BlobGasUsedAboveLimit : BlockErrorCode.BlobGasUsedMismatch;
            return new BlockError(code, header.BlobGasUsed ?? 0, execution.BlobGasUsed);
        }
        if (!header.LogsBloom.Equals(roots.LogsBloom))
        {
            return new BlockError(BlockErrorCode.LogsBloomMismatch);
        }
        if (header.ReceiptsRoot != roots.Receipts)
        {
            return BlockError.Mismatch(BlockErrorCode.ReceiptsRootMismatch, header.ReceiptsRoot, roots.Receipts);
        }
        var requestsHash = fork >= Fork.Prague ? ExecutionRequests.HashOf(execution.Requests) : default;
        if (fork >= Fork.Prague && header.RequestsHash != requestsHash)
        {
            return BlockError.Mismatch(BlockErrorCode.RequestsHashMismatch, header.RequestsHash ?? default, requestsHash);
        }
        if (header.StateRoot != stateRoot)
        {
            return BlockError.Mismatch(BlockErrorCode.StateRootMismatch, header.StateRoot, stateRoot);
        }
        return fork >= Fork.Amsterdam && header.BlockAccessListHash != execution.AccessList.Hash
            ? BlockError.Mismatch(BlockErrorCode.BlockAccessListHashMismatch, header.BlockAccessListHash ?? default, execution.AccessList.Hash)
            : default;
    }
}
