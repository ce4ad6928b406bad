using Grid.Chain;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;

namespace Grid.Grains.Hosting;

/// <summary>Writes the genesis state and block where there is none yet.</summary>
public static class GenesisInstaller
{
    /// <summary>
    /// The store first, then the journal: the genesis block in the journal says that the state is there. Interrupted in between, the next
    /// start finds the store filled, checks that it is with this state, and goes on.
    /// </summary>
    /// <exception cref="StorageException">The data belongs to another chain.</exception>
    public static async Task<BlockHeader> InstallAsync(Genesis genesis, IJournal journal, IStateStore store, ShardLayout layout, CancellationToken cancellation = default)
    {
        if (await FindAsync(genesis, journal, cancellation) is { } installed)
        {
            return installed;
        }
        if (genesis.File is var (json, fingerprint))
        {
            await journal.WriteChainAsync(new ChainRecord(fingerprint, GenesisCompression.Compress(json.Span)), cancellation);
        }
        var changes = genesis.ToAccountChanges();
        var state = WorldTrie.Empty().Apply(changes);
        var header = genesis.ToHeader(state.Root);
        await InstallAsync(new Block(header, [], [], header.WithdrawalsRoot is null ? null : []), changes, state, journal, store, layout, cancellation);
        return header;
    }

    /// <summary>The genesis block that was made from this very file: its state needn't be computed to know that. Null where there is none.</summary>
    private static async Task<BlockHeader?> FindAsync(Genesis genesis, IJournal journal, CancellationToken cancellation) =>
        genesis.File is var (_, fingerprint)
        && await journal.ReadChainAsync(cancellation) is { } chain && chain.Fingerprint == fingerprint
        && await journal.ReadBlockAsync(0, cancellation) is { } first && Block.TryDecode(first.Block.Span, out var block, out _)
            ? block.Header
            : null;

    /// <inheritdoc cref="InstallAsync(Genesis, IJournal, IStateStore, ShardLayout, CancellationToken)"/>
    /// <param name="changes">The genesis accounts as changes of an empty state.</param>
    /// <param name="state">The state that they make.</param>
    public static async Task InstallAsync(
        Block genesis, IReadOnlyList<AccountChange> changes, WorldTrie state, IJournal journal, IStateStore store, ShardLayout layout,
        CancellationToken cancellation = default)
    {
        var header = genesis.Header;
        if (await journal.ReadBlockAsync(0, cancellation) is { } installed)
        {
            if (installed.Hash != header.Hash)
            {
                throw new StorageException(StorageError.Incompatible, $"the data begins with the genesis block {installed.Hash}, not {header.Hash}");
            }
            return;
        }
        await WriteStateAsync(changes, state, store, layout, cancellation);
        var record = new JournalBlock(
            0, header.Hash, default, header.StateRoot, header.Difficulty, genesis.Encode(), Snapshots.ReceiptList.Encode([]), BlockAccessList.Empty.Encode(),
            ReadOnlyMemory<Hash256>.Empty, ReadOnlyMemory<Address>.Empty);
        var fencingNumber = await journal.TakeFencingNumberAsync(cancellation);
        await journal.AppendAsync(record, fencingNumber, cancellation);
    }

    private static async Task WriteStateAsync(
        IReadOnlyList<AccountChange> changes, WorldTrie state, IStateStore store, ShardLayout layout, CancellationToken cancellation)
    {
        var codes = new Dictionary<Hash256, Bytecode>[layout.Count];
        foreach (var change in changes)
        {
            if (change.NewCode is { } code)
            {
                (codes[layout.ShardOf(change.Address)] ??= [])[code.Hash] = code;
            }
        }
        for (var shard = 0; shard < layout.Count; shard++)
        {
            var slice = SliceOf(state, layout, shard);
            if (await store.ReadShardAsync(slice.Prefix, cancellation) is not { } stored)
            {
                await store.WriteAsync([new StoreBatch(0, 0, null, slice, codes[shard] is { } found ? [.. found.Values] : [])], cancellation);
            }
            else if (stored.Version != 0 || stored.Slice.Root() != slice.Root())
            {
                // An installation that was interrupted may have been that of another genesis.
                throw new StorageException(StorageError.Incompatible, $"the data holds the state of another genesis block, which differs in shard {shard}");
            }
        }
    }

    /// <summary>One shard of a state, which may be cut finer than the state is.</summary>
    private static StateShard SliceOf(WorldTrie state, ShardLayout layout, int shard)
    {
        var prefix = layout.PrefixOf(shard);
        var whole = state.Shards[prefix[0]];
        return whole.Prefix == prefix
            ? whole
            : StateShard.Empty(prefix).Apply(
                [.. whole.Accounts.Leaves().Where(leaf => prefix.Contains(in leaf.Key)).Select(leaf => new LeafChange(leaf.Key, leaf.Value))]);
    }
}
