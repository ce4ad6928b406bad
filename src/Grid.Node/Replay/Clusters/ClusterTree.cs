using System.Diagnostics.CodeAnalysis;
using Grid.Chain;
using Grid.Execution.Import;
using Grid.Grains.Snapshots;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.Storage;

namespace Grid.Node.Replay.Clusters;

/// <summary>
/// The chains of a fixture on a cluster. The coordinator extends its head only, so the tree is kept here: to import a block
/// that stands elsewhere, the cluster starts over from genesis and imports the branch up to it. What is told of a block is what journal
/// and silos have of it. One thread at a time.
/// </summary>
/// <remarks>It blocks until the grains answer, on a thread that isn't theirs.</remarks>
internal sealed class ClusterTree : IBlockTree
{
    private readonly ReplayCluster _cluster;
    private readonly ChainStart _start;
    private readonly KnownBlocks _blocks;
    private Hash256 _position;

    /// <summary>Starts the chain on the cluster.</summary>
    public ClusterTree(ReplayCluster cluster, ChainStart start)
    {
        (_cluster, _start) = (cluster, start);
        StartOver();
        _blocks = new KnownBlocks(start.Spec, start.Genesis, cluster.StateAfter(start.Genesis.Header.Number), LibraryChains.BlocksMax);
    }

    public ChainSpec Spec => _start.Spec;

    public TreeBlock Head => _blocks.Head;

    public BlockError Import(Block block, int? encodedLength = null)
    {
        if (_blocks.TryGet(block.Hash, out _))
        {
            return default;
        }
        if (_blocks.TryGet(block.Header.ParentHash, out var parent))
        {
            MoveTo(parent);
        }
        var error = Send(block, encodedLength);
        if (error.IsNone)
        {
            Add(parent ?? throw new InvalidOperationException($"The coordinator has built on {block.Header.ParentHash}, which isn't known."));
        }
        return error;
    }

    public bool TryGet(in Hash256 hash, [NotNullWhen(true)] out TreeBlock? block) => _blocks.TryGet(in hash, out block);

    public bool Choose(in Hash256 hash) => _blocks.Choose(in hash);

    /// <summary>Makes a known block the cluster's head.</summary>
    private void MoveTo(TreeBlock target)
    {
        var branch = new Stack<Block>();
        var at = target;
        while (at.Block.Hash != _position && at.Outcome is not null)
        {
            branch.Push(at.Block);
            at = _blocks.TryGet(at.Block.Header.ParentHash, out var parent) ? parent : throw new InvalidOperationException("The branch's start is forgotten.");
        }
        if (at.Block.Hash != _position)
        {
            StartOver();
        }
        foreach (var block in branch)
        {
            var error = Send(block, encodedLength: null);
            if (!error.IsNone)
            {
                throw new InvalidOperationException($"Block {block.Hash} was accepted, and is refused the second time: {BlockErrorText.Of(error)}");
            }
        }
    }

    private void StartOver()
    {
        _cluster.InstallAsync(_start).GetAwaiter().GetResult();
        _position = _start.Genesis.Hash;
    }

    /// <summary>Imports on the cluster's head, and makes sure that an accepted block is the journal's head, and a refused one has changed nothing.</summary>
    private BlockError Send(Block block, int? encodedLength)
    {
        var result = _cluster.ImportAsync(block, encodedLength).GetAwaiter().GetResult();
        var expected = result.Committed is null ? _position : block.Hash;
        var head = ReadHead().Hash;
        if (head != expected || (result.Committed is { } summary && summary.Header.Hash != expected) || (result.Committed is null && result.Error.IsNone))
        {
            throw new InvalidOperationException($"After block {block.Hash} was {(result.Committed is null ? "refused" : "imported")} the journal ends with {head}, not {expected}.");
        }
        _position = expected;
        return result.Error;
    }

    /// <summary>Adds the cluster's head to the tree.</summary>
    private void Add(TreeBlock parent)
    {
        var stored = ReadHead();
        var block = Decode(stored);
        var header = block.Header;
        var fork = Spec.ForkAfter(parent.TotalDifficulty, header);
        var outcome = new BlockOutcome(
            BlockEnvironment.Of(Spec, fork, header, block.Withdrawals ?? [], _blocks.HashesUpTo(parent.Block.Header)),
            ReceiptList.Decode(stored.Receipts.Span, block.Transactions),
            BlockAccessList.Decode(stored.AccessList.Span));
        var totalDifficulty = parent.TotalDifficulty + header.Difficulty;
        var state = _cluster.StateAfter(header.Number);
        if (block.Hash != _position || stored.TotalDifficulty != totalDifficulty || state.Root != header.StateRoot)
        {
            throw new InvalidOperationException(
                $"Block {_position} became {block.Hash} of total difficulty {stored.TotalDifficulty}, not {totalDifficulty}, and the silos' state is {state.Root}, not {header.StateRoot}.");
        }
        _blocks.Add(block, in totalDifficulty, state, outcome);
    }

    private JournalBlock ReadHead() => _cluster.ReadHeadAsync().GetAwaiter().GetResult();

    private static Block Decode(JournalBlock stored)
    {
        if (!Block.TryDecode(stored.Block.Span, out var block, out var error))
        {
            throw new InvalidOperationException($"The journal's block can't be decoded: {BlockErrorText.Of(error)}");
        }
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            block.Transactions[i].SetSender(in stored.Senders.Span[i]);
        }
        return block;
    }
}
