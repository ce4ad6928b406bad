using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Import;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage;

namespace Grid.Node.Verify;

/// <summary>
/// A run of a journal's blocks, executed again one after the other on a state of its own. It shares nothing with what made the blocks
/// but the rules: no planning, no lanes, no grains. One thread at a time.
/// </summary>
/// <param name="parent">The block before the run.</param>
/// <param name="state">The state after it.</param>
/// <param name="hashes">Its ancestors' hashes and its own.</param>
internal sealed class VerifiedRange(ChainSpec spec, IJournal journal, ImportParent parent, WorldTrie state, BlockHashWindow hashes) : IImportTarget<TreeState>
{
    private readonly SequentialBlockExecutor _executor = new();
    private ImportParent _parent = parent;
    private WorldTrie _state = state;
    private BlockHashWindow _hashes = hashes;
    private BlockExecution? _execution;

    ChainSpec IImportTarget<TreeState>.Spec => spec;

    /// <summary>The state after the last block.</summary>
    public WorldTrie State => _state;

    /// <summary>What executing the last block led to.</summary>
    public BlockExecution Last => _execution ?? throw new InvalidOperationException("No block was executed yet.");

    /// <summary>Executes the next block; null where the journal has what execution gives, else what differs.</summary>
    public async Task<string?> VerifyAsync(JournalBlock stored)
    {
        if (!Block.TryDecode(stored.Block.Span, out var block, out var malformed))
        {
            return $"is malformed: {Fixtures.BlockErrorText.Of(malformed)}";
        }
        if (block.Hash != stored.Hash || block.Header.ParentHash != stored.ParentHash || block.Header.StateRoot != stored.StateRoot)
        {
            return $"is kept under the hash {stored.Hash}, but its own is {block.Hash}";
        }
        var totalDifficulty = _parent.TotalDifficulty + block.Header.Difficulty;
        var before = _state;
        var error = await BlockImporter.RunAsync(this, block, stored.Block.Length);
        if (!error.IsNone)
        {
            return $"is invalid: {Fixtures.BlockErrorText.Of(error)}";
        }
        var body = EncodedBody.Of(Last with { AccessList = WithLostStorage(Last.AccessList, before, stored) });
        return !body.Receipts.AsSpan().SequenceEqual(stored.Receipts.Span) ? "has other receipts"
            : !body.AccessList.AsSpan().SequenceEqual(stored.AccessList.Span) ? "has another access list"
            : !body.Hashes.AsSpan().SequenceEqual(stored.TransactionHashes.Span) ? "has other transaction hashes"
            : !body.Senders.AsSpan().SequenceEqual(stored.Senders.Span) ? "has other senders"
            : totalDifficulty != stored.TotalDifficulty ? $"has the total difficulty {stored.TotalDifficulty}, not {totalDifficulty}"
            : null;
    }

    /// <summary>The list as the journal has to have it: with what the block took away as a whole, unless the journal says that this was too large to be kept.</summary>
    private static BlockAccessList WithLostStorage(BlockAccessList list, WorldTrie before, JournalBlock stored)
    {
        Dictionary<Address, HashedSlot[]?>? lost = null;
        BlockAccessList? kept = null;
        foreach (ref readonly var account in list.Accounts)
        {
            if (BlockAccessList.LosesStorage(in account))
            {
                kept ??= BlockAccessList.Decode(stored.AccessList.Span);
                var key = KeyHashes.Of(account.Address);
                var storage = before.Shards[key.Nibble(0)].StorageOf(in key, out var source);
                (lost ??= []).Add(
                    account.Address,
                    kept.LostStorageOf(account.Address) is null ? null : [.. TrieLeaves.From(storage, Hash256.Zero, source).Select(leaf => new HashedSlot(leaf.Key, leaf.Value.Value))]);
            }
        }
        return lost is null ? list : list.WithLostStorage(lost);
    }

    ImportParent? IImportTarget<TreeState>.FindParent(in Hash256 hash) => _parent.Header.Hash == hash ? _parent : null;

    async ValueTask<Block[]> IImportTarget<TreeState>.ReadAncestorsAsync(ImportParent parent, int count)
    {
        var ancestors = new List<Block>(count);
        for (var number = parent.Header.Number; ancestors.Count < count && await journal.ReadBlockAsync(number) is { } stored; number--)
        {
            if (Block.TryDecode(stored.Block.Span, out var block, out _))
            {
                ancestors.Add(block);
            }
            if (number == 0)
            {
                break;
            }
        }
        return [.. ancestors];
    }

    IBlockHashes IImportTarget<TreeState>.HashesAfter(ImportParent parent) => _hashes;

    ValueTask<ImportExecution> IImportTarget<TreeState>.ExecuteAsync(BlockEnvironment environment, Block block) => new(_executor.Execute(environment, block, _state));

    ValueTask<TreeState> IImportTarget<TreeState>.ApplyAsync(ImportParent parent, BlockExecution execution) =>
        new(new TreeState(_state.Apply(execution.AccessList.ToAccountChanges()), BodyRoots.Of(execution)));

    ValueTask IImportTarget<TreeState>.CommitAsync(ImportParent parent, Block block, BlockExecution execution, TreeState applied)
    {
        _parent = new ImportParent(block.Header, parent.TotalDifficulty + block.Header.Difficulty);
        (_state, _hashes, _execution) = (applied.State, _hashes.Next(block.Hash), execution);
        return ValueTask.CompletedTask;
    }
}
