using System.Diagnostics.CodeAnalysis;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Import;

/// <summary>The state after a block that may become a <see cref="TreeBlock"/>.</summary>
public sealed record TreeState(WorldTrie State, BodyRoots Roots) : IAppliedState
{
    public Hash256 StateRoot => State.Root;
}

/// <summary>
/// A chain in memory with its side chains: every valid block that was imported, and the state after each. Tries share what they have in common,
/// so a block costs what it changes. One thread at a time.
/// </summary>
/// <param name="genesis">The genesis block, with the state after it.</param>
/// <param name="executor">How blocks are executed; null for one transaction after the other.</param>
/// <param name="blocksMax">Of more blocks than this those that came first are forgotten; nothing can stand on them any more.</param>
public sealed class ChainTree(ChainSpec spec, Block genesis, WorldTrie state, IBlockExecutor? executor = null, int blocksMax = 4_096)
    : IBlockTree, IImportTarget<TreeState>
{
    private readonly KnownBlocks _blocks = new(spec, genesis, state, blocksMax);
    private readonly IBlockExecutor _executor = executor ?? new SequentialBlockExecutor();

    public ChainSpec Spec => spec;

    public TreeBlock Head => _blocks.Head;

    public BlockError Import(Block block, int? encodedLength = null) =>
        // Every step of this chain is synchronous.
        _blocks.TryGet(block.Hash, out _) ? default : BlockImporter.RunAsync(this, block, encodedLength).GetAwaiter().GetResult();

    public bool TryGet(in Hash256 hash, [NotNullWhen(true)] out TreeBlock? block) => _blocks.TryGet(in hash, out block);

    public bool Choose(in Hash256 hash) => _blocks.Choose(in hash);

    ImportParent? IImportTarget<TreeState>.FindParent(in Hash256 hash) =>
        _blocks.TryGet(in hash, out var parent) ? new ImportParent(parent.Block.Header, parent.TotalDifficulty) : null;

    ValueTask<Block[]> IImportTarget<TreeState>.ReadAncestorsAsync(ImportParent parent, int count)
    {
        var ancestors = new List<Block>(count);
        for (var hash = parent.Header.Hash; ancestors.Count < count && _blocks.TryGet(hash, out var block); hash = block.Block.Header.ParentHash)
        {
            ancestors.Add(block.Block);
        }
        return new([.. ancestors]);
    }

    IBlockHashes IImportTarget<TreeState>.HashesAfter(ImportParent parent) => _blocks.HashesUpTo(parent.Header);

    ValueTask<ImportExecution> IImportTarget<TreeState>.ExecuteAsync(BlockEnvironment environment, Block block) =>
        new(_executor.Execute(environment, block, StateAfter(block.Header.ParentHash)));

    ValueTask<TreeState> IImportTarget<TreeState>.ApplyAsync(ImportParent parent, BlockExecution execution)
    {
        var state = StateAfter(parent.Header.Hash).Apply(execution.AccessList.ToAccountChanges());
        return new(new TreeState(state, BodyRoots.Of(execution)));
    }

    ValueTask IImportTarget<TreeState>.CommitAsync(ImportParent parent, Block block, BlockExecution execution, TreeState applied)
    {
        _blocks.Add(block, parent.TotalDifficulty + block.Header.Difficulty, applied.State, new BlockOutcome(execution.Environment, execution.Receipts, execution.AccessList));
        return ValueTask.CompletedTask;
    }

    private WorldTrie StateAfter(in Hash256 hash) =>
        _blocks.TryGet(in hash, out var block) ? block.State : throw new InvalidOperationException($"The block {hash} isn't in the tree.");
}
