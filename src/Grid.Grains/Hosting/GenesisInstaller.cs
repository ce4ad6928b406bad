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
        var changes = genesis.ToAccountChanges();
        var state = WorldTrie.Empty().Apply(changes);
        var header = genesis.ToHeader(state.Root);
        await InstallAsync(new Block(header, [], [], header.WithdrawalsRoot is null ? null : []), changes, state, journal, store, layout, cancellation);
        return header;
    }

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
        var accounts = new List<StoredAccountChange>[layout.Count];
        var codes = new Dictionary<Hash256, Bytecode>[layout.Count];
        for (var i = 0; i < layout.Count; i++)
        {
            (accounts[i], codes[i]) = ([], []);
        }
        foreach (var change in changes)
        {
            var shard = layout.ShardOf(change.Address);
            state.TryGetAccount(change.Address, out var record);
            accounts[shard].Add(new StoredAccountChange(
                change.Address, record, StorageCleared: false, [.. change.Slots.ToArray().Select(x => KeyValuePair.Create(x.Slot, x.After))]));
            if (change.NewCode is { } code)
            {
                codes[shard][code.Hash] = code;
            }
        }
        for (var shard = 0; shard < layout.Count; shard++)
        {
            if (await store.ReadVersionAsync(shard, cancellation) is null)
            {
                await store.WriteAsync([new StoreBatch(shard, 0, 0, accounts[shard], [.. codes[shard].Values])], cancellation);
            }
            else
            {
                await CheckAsync(accounts[shard], shard, store, cancellation);
            }
        }
    }

    /// <summary>An installation that was interrupted may have been that of another genesis.</summary>
    private static async Task CheckAsync(List<StoredAccountChange> expected, int shard, IStateStore store, CancellationToken cancellation)
    {
        var records = expected.Where(x => x.Record is not null).ToDictionary(x => x.Address, x => x.Record!.Value);
        await foreach (var account in store.ReadShardAsync(shard, cancellation))
        {
            if (!records.Remove(account.Address, out var record) || record != account.Record)
            {
                throw Differs(account.Address);
            }
        }
        if (records.Count > 0)
        {
            throw Differs(records.Keys.First());
        }

        static StorageException Differs(Address address) =>
            new(StorageError.Incompatible, $"the data holds the state of another genesis block, which differs in {address}");
    }
}
