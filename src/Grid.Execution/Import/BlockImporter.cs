using Grid.Chain;
using Grid.Evm;

namespace Grid.Execution.Import;

/// <summary>
/// Importing a given block: all that has to hold before it is executed, the execution, all that its header must say of it, and the commit.
/// The one way into a chain for blocks made elsewhere, whether the chain is the grid's or a tree in memory.
/// </summary>
public static class BlockImporter
{
    /// <summary>Imports a block; where it returns an error nothing has changed.</summary>
    /// <param name="encodedLength">Bytes of the block's RLP; null where it didn't come as RLP.</param>
    public static async ValueTask<BlockError> RunAsync<TApplied>(IImportTarget<TApplied> target, Block block, int? encodedLength)
        where TApplied : IAppliedState
    {
        var header = block.Header;
        if (target.FindParent(header.ParentHash) is not { } parent)
        {
            return new BlockError(BlockErrorCode.UnknownParent, header.ParentHash.ToWord());
        }
        var fork = target.Spec.ForkAfter(parent.TotalDifficulty, header);
        var error = HeaderRules.Check(header, parent.Header, target.Spec, fork);
        if (error.IsNone)
        {
            error = BodyRules.Check(block, fork, encodedLength);
        }
        if (error.IsNone && block.Ommers.Length > 0)
        {
            error = OmmerRules.Check(block, await target.ReadAncestorsAsync(parent, OmmerRules.AncestorsNeeded), target.Spec);
        }
        if (!error.IsNone)
        {
            return error;
        }
        var environment = BlockEnvironment.Of(target.Spec, fork, header, block.Withdrawals ?? [], target.HashesAfter(parent));
        var executed = await target.ExecuteAsync(environment, block);
        if (executed.Result is not { } execution)
        {
            return executed.Error;
        }
        var applied = await target.ApplyAsync(parent, execution);
        error = BlockSealer.Check(header, execution, applied.StateRoot, applied.Roots);
        if (error.IsNone)
        {
            await target.CommitAsync(parent, block, execution, applied);
        }
        return error;
    }
}
