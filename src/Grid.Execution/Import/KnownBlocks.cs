using System.Diagnostics.CodeAnalysis;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Import;

/// <summary>The valid blocks of a tree, and which of them is its head. One thread at a time.</summary>
public sealed class KnownBlocks
{
    private readonly Dictionary<Hash256, TreeBlock> _blocks = [];
    private readonly Queue<Hash256> _order = [];
    private readonly ChainSpec _spec;
    private readonly int _blocksMax;

    /// <param name="state">The state after the genesis block.</param>
    /// <param name="blocksMax">Of more blocks than this those that came first are forgotten; nothing can stand on them any more.</param>
    public KnownBlocks(ChainSpec spec, Block genesis, WorldTrie state, int blocksMax)
    {
        (_spec, _blocksMax) = (spec, blocksMax);
        Head = new TreeBlock(genesis, genesis.Header.Difficulty, state, null);
        Add(Head);
    }

    /// <inheritdoc cref="IBlockTree.Head"/>
    public TreeBlock Head { get; private set; }

    /// <summary>Adds a valid block that isn't there yet, and makes it the head where it has to be.</summary>
    /// <param name="state">The state after it.</param>
    public void Add(Block block, in UInt256 totalDifficulty, WorldTrie state, BlockOutcome outcome)
    {
        var added = new TreeBlock(block, totalDifficulty, state, outcome);
        Add(added);
        if (IsAfterMerge(block) || (!IsAfterMerge(Head.Block) && totalDifficulty > Head.TotalDifficulty))
        {
            Head = added;
        }
    }

    public bool TryGet(in Hash256 hash, [NotNullWhen(true)] out TreeBlock? block) => _blocks.TryGetValue(hash, out block);

    /// <inheritdoc cref="IBlockTree.Choose"/>
    public bool Choose(in Hash256 hash)
    {
        if (!_blocks.TryGetValue(hash, out var block))
        {
            return false;
        }
        Head = block;
        return true;
    }

    /// <summary>The hashes of a block and its ancestors, for BLOCKHASH.</summary>
    public IBlockHashes HashesUpTo(BlockHeader header) => new AncestorHashes(_blocks, header);

    private bool IsAfterMerge(Block block) => _spec.ForkOf(block.Header) >= Fork.Paris;

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
