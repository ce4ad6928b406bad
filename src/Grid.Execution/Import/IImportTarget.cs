using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution.Import;

/// <summary>The block that an imported one stands on.</summary>
/// <param name="TotalDifficulty">The sum of the difficulties from genesis up to this block.</param>
public sealed record ImportParent(BlockHeader Header, UInt256 TotalDifficulty);

/// <summary>What executing an imported block led to: a result, or why the block is invalid.</summary>
public readonly record struct ImportExecution(BlockExecution? Result, BlockError Error);

/// <summary>The state after a block that isn't committed yet.</summary>
public interface IAppliedState
{
    Hash256 StateRoot { get; }

    BodyRoots Roots { get; }
}

/// <summary>
/// What a chain offers to those who import blocks into it: whoever executes, and wherever the state is. Calls come one at a time.
/// </summary>
/// <typeparam name="TApplied">The state after a block, as this chain holds it until the commit.</typeparam>
public interface IImportTarget<TApplied>
    where TApplied : IAppliedState
{
    ChainSpec Spec { get; }

    /// <summary>The parent; null where no block can stand on it here.</summary>
    ImportParent? FindParent(in Hash256 hash);

    /// <summary>The last blocks up to this one, from it backwards; fewer where the chain is shorter.</summary>
    ValueTask<Block[]> ReadAncestorsAsync(ImportParent parent, int count);

    /// <summary>The hashes of the block's ancestors, for BLOCKHASH.</summary>
    IBlockHashes HashesAfter(ImportParent parent);

    /// <summary>Executes on the state after the environment's parent.</summary>
    ValueTask<ImportExecution> ExecuteAsync(BlockEnvironment environment, Block block);

    /// <summary>Computes the state after the block. Nobody sees it before the commit, and it is forgotten without one.</summary>
    ValueTask<TApplied> ApplyAsync(ImportParent parent, BlockExecution execution);

    ValueTask CommitAsync(ImportParent parent, Block block, BlockExecution execution, TApplied applied);
}
