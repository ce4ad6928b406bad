using System.Diagnostics.CodeAnalysis;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Import;

/// <summary>A block of a <see cref="ChainTree"/> with what came of it. Immutable.</summary>
/// <param name="TotalDifficulty">The sum of the difficulties from genesis up to this block.</param>
/// <param name="State">The state after it.</param>
/// <param name="Execution">Null for genesis.</param>
public sealed record TreeBlock(Block Block, UInt256 TotalDifficulty, WorldTrie State, BlockExecution? Execution);

/// <summary>The state after a block that may become a <see cref="TreeBlock"/>.</summary>
public sealed record TreeState(WorldTrie State, BodyRoots Roots) : IAppliedState
{
    public Hash256 StateRoot => State.Root;
}

/// <summary>
/// A chain in memory with its side chains: every valid block that was imported, and the state after each. Tries share what they have in common,
/// so a block costs what it changes. Executed by the sequential executor. One thread at a time.
/// </summary>
public sealed class ChainTree : IImportTarget<TreeState>
{
    private readonly Dictionary<Hash256, TreeBlock> _blocks = [];
    private readonly Queue<Hash256> _order = [];
    private readonly ExecutionMemory _memory = new();
    private readonly int _blocksMax;

    /// <param name="state">The state after the genesis block.</param>
    /// <param name="blocksMax">Of more blocks than this those that came first are forgotten; nothing can stand on them any more.</param>
    public ChainTree(ChainSpec spec, Block genesis, WorldTrie state, int blocksMax = 4_096)
    {
        Spec = spec;
        _blocksMax = blocksMax;
        Head = new TreeBlock(genesis, genesis.Header.Difficulty, state, null);
        Add(Head);
    }

    public ChainSpec Spec { get; }

    /// <summary>
    /// The block that the chain ends with: before the merge that of the greatest total difficulty, the first of equals; after it the last
    /// that was imported or chosen.
    /// </summary>
    public TreeBlock Head { get; private set; }

    /// <summary>Imports a block; where it returns an error nothing has changed. A known block is valid already.</summary>
    /// <param name="encodedLength">Bytes of the block's RLP; null where it didn't come as RLP.</param>
    public BlockError Import(Block block, int? encodedLength = null) =>
        // Every step of this chain is synchronous.
        _blocks.ContainsKey(block.Hash) ? default : BlockImporter.RunAsync(this, block, encodedLength).GetAwaiter().GetResult();

    public bool TryGet(in Hash256 hash, [NotNullWhen(true)] out TreeBlock? block) => _blocks.TryGetValue(hash, out block);

    /// <summary>Makes a block the head, as a consensus layer chooses it after the merge; false where it isn't known.</summary>
    public bool Choose(in Hash256 hash)
    {
        if (!_blocks.TryGetValue(hash, out var block))
        {
            return false;
        }
        Head = block;
        return true;
    }

    ImportParent? IImportTarget<TreeState>.FindParent(in Hash256 hash) =>
        _blocks.TryGetValue(hash, out var parent) ? new ImportParent(parent.Block.Header, parent.TotalDifficulty) : null;

    ValueTask<Block[]> IImportTarget<TreeState>.ReadAncestorsAsync(ImportParent parent, int count)
    {
        var ancestors = new List<Block>(count);
        for (var hash = parent.Header.Hash; ancestors.Count < count && _blocks.TryGetValue(hash, out var block); hash = block.Block.Header.ParentHash)
        {
            ancestors.Add(block.Block);
        }
        return new([.. ancestors]);
    }

    IBlockHashes IImportTarget<TreeState>.HashesAfter(ImportParent parent) => new AncestorHashes(_blocks, parent.Header);

    ValueTask<ImportExecution> IImportTarget<TreeState>.ExecuteAsync(BlockEnvironment environment, Block block)
    {
        var state = _blocks[block.Header.ParentHash].State;
        var executor = new SequentialExecutor(
            environment, ExecutionMode.Import, block.Transactions, state, block.Ommers, world => state.Apply(world.CollectChanges()).Root, _memory);
        var status = executor.Run();
        return new(status switch
        {
            ExecutionStatus.Complete => new ImportExecution(executor.Result, default),
            ExecutionStatus.Invalid => new ImportExecution(null, executor.Error),
            _ => throw new InvalidOperationException("A state that is all in memory misses something."),
        });
    }

    ValueTask<TreeState> IImportTarget<TreeState>.ApplyAsync(ImportParent parent, BlockExecution execution)
    {
        var state = _blocks[parent.Header.Hash].State.Apply(execution.AccessList.ToAccountChanges());
        return new(new TreeState(state, BodyRoots.Of(execution)));
    }

    ValueTask IImportTarget<TreeState>.CommitAsync(ImportParent parent, Block block, BlockExecution execution, TreeState applied)
    {
        var added = new TreeBlock(block, parent.TotalDifficulty + block.Header.Difficulty, applied.State, execution);
        Add(added);
        if (IsAfterMerge(block) || (!IsAfterMerge(Head.Block) && added.TotalDifficulty > Head.TotalDifficulty))
        {
            Head = added;
        }
        return ValueTask.CompletedTask;
    }

    private bool IsAfterMerge(Block block) => Spec.ForkOf(block.Header) >= Fork.Paris;

    private void Add(TreeBlock block)
    {
        _blocks.Add(block.Block.Hash, block);
        _order.Enqueue(block.Block.Hash);
        if (_order.Count > _blocksMax)
        {
            _blocks.Remove(_order.Dequeue());
        }
    }

    /// <summary>BLOCKHASH walks back from the parent: blocks ask for few, and near ones.</summary>
    private sealed class AncestorHashes(Dictionary<Hash256, TreeBlock> blocks, BlockHeader parent) : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number)
        {
            var header = parent;
            while (header.Number > number)
            {
                if (!blocks.TryGetValue(header.ParentHash, out var block))
                {
                    return header.Number == number + 1 ? header.ParentHash : default;
                }
                header = block.Block.Header;
            }
            return header.Number == number ? header.Hash : default;
        }
    }
}
