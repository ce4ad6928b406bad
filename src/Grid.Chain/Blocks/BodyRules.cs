using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>
/// Whether a block's ommers and withdrawals are those that its header names; nothing is executed. Its transactions are compared after their
/// execution, as the specification does: what is wrong with a transaction tells more than a root that differs.
/// </summary>
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
        var ommersHash = block.ComputeOmmersHash();
        if (header.OmmersHash != ommersHash)
        {
            return BlockError.Mismatch(BlockErrorCode.OmmersHashMismatch, header.OmmersHash, ommersHash);
        }
        if (fork >= Fork.Paris && block.Ommers.Length > 0)
        {
            return new BlockError(BlockErrorCode.OmmersNotEmpty, block.Ommers.Length);
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
