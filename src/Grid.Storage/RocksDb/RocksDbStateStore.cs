using Grid.Primitives;
using Grid.State;
using Grid.State.Stored;
using Grid.State.Trie;
using RocksDbSharp;

namespace Grid.Storage.RocksDb;

/// <summary>The store in a data folder.</summary>
/// <remarks>
/// Safe because the versions that a batch is checked against belong to the writing thread, and a node that is read is checked against the
/// hash that names it, whatever is written meanwhile.
/// </remarks>
public sealed class RocksDbStateStore : IStateStore
{
    private readonly RocksDbFolder _folder;
    private readonly GroupWriter _writer;
    private readonly AccountNodes _nodes;
    // The writing thread's.
    private readonly Dictionary<TriePath, ulong> _versions = [];

    internal RocksDbStateStore(RocksDbFolder folder, GroupWriter writer) => (_folder, _writer, _nodes) = (folder, writer, new AccountNodes(folder));

    public ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default)
    {
        while (true)
        {
            if (ReadVersion(in prefix) is not var (version, root))
            {
                return ValueTask.FromResult<StoredShard?>(null);
            }
            try
            {
                return ValueTask.FromResult<StoredShard?>(new StoredShard(version, StateShard.Stored(prefix, in root, _nodes)));
            }
            catch (MissingNodeException error)
            {
                if (ReadVersion(in prefix)?.Version == version)
                {
                    throw new StorageException(StorageError.Corrupt, $"the store lacks the top of shard '{prefix}' at block {version}", error);
                }
                // It was written between the two reads.
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    public async ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default)
    {
        // On this thread, since the writing thread serves everybody.
        var changes = new ShardChanges[batches.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            try
            {
                changes[i] = ShardChanges.Between(batches[i].Before, batches[i].After);
            }
            catch (MissingNodeException error)
            {
                if (batches[i].Follows(ReadVersion(batches[i].Prefix)?.Version))
                {
                    throw new StorageException(StorageError.Corrupt, $"the store lacks a node of shard '{batches[i].Prefix}' at block {batches[i].FromNumber}", error);
                }
                return false; // somebody else has overwritten it
            }
        }
        return await _writer.WriteAsync(write => Write(write, batches, changes), cancellation);
    }

    public Bytecode? ReadCode(in Hash256 codeHash) =>
        _folder.Get(codeHash.Span, families => families.Codes) is { } found ? new Bytecode(StoreFormat.DecodeCode(found), codeHash) : null;

    /// <summary>Reads the versions anew: the database was opened again. Called by the writing thread.</summary>
    internal void Forget() => _versions.Clear();

    private bool Write(WriteBatch write, IReadOnlyList<StoreBatch> batches, ShardChanges[] changes)
    {
        var prefixes = new HashSet<TriePath>();
        foreach (var batch in batches)
        {
            var version = _versions.TryGetValue(batch.Prefix, out var known) ? known : ReadVersion(batch.Prefix)?.Version;
            if (!prefixes.Add(batch.Prefix) || !batch.Follows(version))
            {
                return false;
            }
        }
        using var visit = _folder.Enter();
        for (var i = 0; i < changes.Length; i++)
        {
            Write(write, visit.Families, batches[i], changes[i]);
            _versions[batches[i].Prefix] = batches[i].ToNumber;
        }
        return true;
    }

    private static void Write(WriteBatch write, Families families, StoreBatch batch, ShardChanges changes)
    {
        foreach (var code in batch.Codes)
        {
            write.Put(code.Hash.Span, StoreFormat.EncodeCode(code.Bytes), families.Codes);
        }
        foreach (var account in changes.ClearedStorage)
        {
            // One range: it may be millions of nodes.
            byte[] from = account.ToArray(), to = StoreFormat.StorageEndKey(in account);
            write.DeleteRange(from, (ulong)from.Length, to, (ulong)to.Length, families.Storage);
        }
        foreach (var (place, record) in changes.Nodes)
        {
            var family = place.Account is null ? families.Nodes : families.Storage;
            var key = place.Account is { } account ? StoreFormat.StorageNodeKey(in account, place.Path) : StoredNodes.KeyOf(place.Path);
            if (record is null)
            {
                write.Delete(key, family);
            }
            else
            {
                write.Put(key, record, family);
            }
        }
        write.Put(StoredNodes.KeyOf(batch.Prefix), StoreFormat.EncodeShard(batch.ToNumber, batch.After.Root()), families.Versions);
    }

    private (ulong Version, SliceRoot Root)? ReadVersion(in TriePath prefix) =>
        _folder.Get(StoredNodes.KeyOf(in prefix), families => families.Versions) is { } found ? StoreFormat.DecodeShard(found) : null;

    private sealed class AccountNodes(RocksDbFolder folder) : IShardNodes
    {
        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node) =>
            StoredNodes.TryDecode<AccountLeaf>(folder.Get(StoredNodes.KeyOf(in path), families => families.Nodes), in path, in hash, out node);

        public INodeSource StorageOf(in Hash256 account) => new StorageNodes(folder, account);
    }

    private sealed class StorageNodes(RocksDbFolder folder, Hash256 account) : INodeSource
    {
        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node) =>
            StoredNodes.TryDecode<SlotValue>(folder.Get(StoreFormat.StorageNodeKey(in account, in path), families => families.Storage), in path, in hash, out node);
    }
}
