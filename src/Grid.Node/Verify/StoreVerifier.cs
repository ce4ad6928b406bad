using Grid.Grains;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage;

namespace Grid.Node.Verify;

/// <summary>What reading a whole store came to.</summary>
/// <param name="Accounts">Accounts that it holds.</param>
/// <param name="Slots">Slots that aren't zero.</param>
/// <param name="Finding">What is wrong first; null where nothing is.</param>
public sealed record StoreVerdict(long Accounts, long Slots, VerifyFinding? Finding);

/// <summary>
/// Reads every node of a store, each of which must have the hash that names it, and all code; and brings the shards to the journal's head as a
/// node does that starts, where they must have its state root.
/// </summary>
public static class StoreVerifier
{
    /// <exception cref="StorageException">The storage can't be read.</exception>
    public static async Task<StoreVerdict> RunAsync(IJournal journal, IStateStore store, ShardLayout layout, CancellationToken cancellation)
    {
        long accounts = 0, slots = 0;
        var head = await journal.ReadHeadAsync(cancellation) ?? throw new StorageException(StorageError.Incompatible, "there is no chain");
        var loader = new ShardLoader(journal, store, layout, new CodeTable(store.ReadCode), new JournalParts(journal, layout, BackgroundWork.OnThreadPool));
        var roots = new SliceRoot[layout.Count];
        for (var shard = 0; shard < roots.Length; shard++)
        {
            var loaded = await loader.LoadAsync(shard, cancellation);
            roots[shard] = loaded.Slice.Root();
            try
            {
                var slice = loaded.Stored.Slice;
                foreach (var account in TrieLeaves.From(slice.Accounts, slice.Prefix.Nibbles, slice.Nodes))
                {
                    cancellation.ThrowIfCancellationRequested();
                    accounts++;
                    var record = account.Value.Record;
                    if (account.Value.Storage is { } storage)
                    {
                        slots += TrieLeaves.From(storage, Hash256.Zero, slice.Nodes?.StorageOf(in account.Key)).LongCount();
                    }
                    if (record.HasCode && (store.ReadCode(record.CodeHash) is not { } code || Crypto.Keccak256.Hash(code.Bytes) != record.CodeHash))
                    {
                        return new StoreVerdict(accounts, slots, new VerifyFinding(loaded.Stored.Version, $"the store lacks the code {record.CodeHash}, or has another one in its place"));
                    }
                }
            }
            catch (MissingNodeException error)
            {
                return new StoreVerdict(accounts, slots, new VerifyFinding(loaded.Stored.Version, $"the store of shard {shard}: {error.Message}"));
            }
        }
        var stateRoot = StateRoot.Combine(roots);
        return new StoreVerdict(accounts, slots, stateRoot == head.StateRoot
            ? null
            : new VerifyFinding(head.Number, $"the store and the journal's deltas make the state root {stateRoot}, not {head.StateRoot}"));
    }
}
