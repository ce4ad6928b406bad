using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Whether a block's body is the one that its header names; nothing is executed.</summary>
public static class BodyRules
{
    /// <param name="fork">The block's own fork.</param>
    /// <param name="encodedLength">Bytes of the block's RLP; null where it didn't come as RLP.</param>
    public static BlockError Check(Block block, Fork fork, int? encodedLength = null)
    {
        if (fork >= Fork.Osaka && encodedLength > HeaderRules.MaxBlockLength)
        {
            return new BlockError(BlockErrorCode.BlockTooLarge, encodedLength.Value, HeaderRules.MaxBlockLength);
        }
        var header = block.Header;
        var transactionsRoot = BlockRoots.OfTransactions(block.Transactions);
        if (header.TransactionsRoot != transactionsRoot)
        {
            return BlockError.Mismatch(BlockErrorCode.TransactionsRootMismatch, header.TransactionsRoot, transactionsRoot);
        }
        var ommersHash = block.ComputeOmmersHash();
        if (header.OmmersHash != ommersHash)
        {
            return BlockError.Mismatch(BlockErrorCode.OmmersHashMismatch, header.OmmersHash, ommersHash);
        }
        if (fork >= Fork.Paris && block.Ommers.Length > 0)
        {
            return new BlockError(BlockErrorCode.OmmersNotEmpty, block.Ommers.Length);
        }
        var blobGas = 0UL;
        foreach (var transaction in block.Transactions)
        {
            blobGas += transaction.BlobGas;
        }
        if (fork >= Fork.Cancun && header.BlobGasUsed != blobGas)
        {
            return new BlockError(BlockErrorCode.BlobGasUsedMismatch, header.BlobGasUsed ?? 0, blobGas);
        }
        return CheckWithdrawals(block, fork);
    }

    private static BlockError CheckWithdrawals(Block block, Fork fork)
    {
        if (block.Withdrawals is null)
        {
            return fork >= Fork.Shanghai ? new BlockError(BlockErrorCode.WithdrawalsMissing) : default;
        }
        if (fork < Fork.Shanghai)
        {
            return new BlockError(BlockErrorCode.WithdrawalsNotAllowed);
        }
        var root = BlockRoots.OfWithdrawals(block.Withdrawals);
        return block.Header.WithdrawalsRoot is { } have && have != root ? BlockError.Mismatch(BlockErrorCode.WithdrawalsRootMismatch, have, root) : default;
    }
}
