using System.Diagnostics.CodeAnalysis;
using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Import;

/// <summary>What executing a valid block led to, beside the state. Immutable.</summary>
/// <param name="Environment">What its transactions saw of it.</param>
/// <param name="Receipts">In block order.</param>
public sealed record BlockOutcome(BlockEnvironment Environment, Receipt[] Receipts, BlockAccessList AccessList);

/// <summary>A block of a tree with what came of it. Immutable.</summary>
/// <param name="TotalDifficulty">The sum of the difficulties from genesis up to this block.</param>
/// <param name="State">The state after it.</param>
/// <param name="Outcome">Null for genesis.</param>
public sealed record TreeBlock(Block Block, UInt256 TotalDifficulty, WorldTrie State, BlockOutcome? Outcome);

/// <summary>A chain with its side chains that given blocks are imported into, whoever executes them. One thread at a time.</summary>
public interface IBlockTree
{
    ChainSpec Spec { get; }

    /// <summary>
    /// The block that the chain ends with: before the merge that of the greatest total difficulty, the first of equals; after it the last
    /// that was imported or chosen.
    /// </summary>
    TreeBlock Head { get; }

    /// <summary>Imports a block; where it returns an error nothing has changed. A known block is valid already.</summary>
    /// <param name="encodedLength">Bytes of the block's RLP; null where it didn't come as RLP.</param>
    BlockError Import(Block block, int? encodedLength = null);

    bool TryGet(in Hash256 hash, [NotNullWhen(true)] out TreeBlock? block);

    /// <summary>Makes a block the head, as a consensus layer chooses it after the merge; false where it isn't known.</summary>
    bool Choose(in Hash256 hash);
}
