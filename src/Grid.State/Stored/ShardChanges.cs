using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>What changes in a shard's stored nodes from one version to another.</summary>
/// <param name="ClearedStorage">Trie keys of the accounts whose storage goes altogether: before <paramref name="Nodes"/> is applied.</param>
/// <param name="Nodes">Each place once.</param>
public sealed record ShardChanges(IReadOnlyList<Hash256> ClearedStorage, IReadOnlyList<NodeChange> Nodes)
{
    /// <summary>The changes from a version, or from nothing, to another.</summary>
    /// <param name="before">The version that is stored: nodes that aren't in memory are loaded from where it gets them.</param>
    /// <param name="after">With its root computed.</param>
    /// <exception cref="MissingNodeException">The store hasn't got a node of the version that it is said to have.</exception>
    public static ShardChanges Between(StateShard? before, StateShard after)
    {
        var nodes = new List<NodeChange>();
        var cleared = new List<Hash256>();
        var source = before?.Nodes;
        var accounts = new TrieDiff<AccountLeaf>(source);
        accounts.Compare(before?.Accounts.Root, after.Accounts.Root, after.Prefix);
        Add(null, accounts.Records);
        foreach (var (key, leaf) in accounts.Added)
        {
            var root = accounts.Removed.TryGetValue(key, out var earlier) ? earlier.Storage?.Root : null;
            if (leaf.Storage?.Root is { } storage)
            {
                var slots = new TrieDiff<SlotValue>(source?.StorageOf(in key));
                slots.Compare(root, storage, TriePath.Root);
                Add(key, slots.Records);
            }
            else if (root is not null)
            {
                cleared.Add(key);
            }
        }
        foreach (var (key, leaf) in accounts.Removed)
        {
            if (leaf.Storage is not null && !accounts.Added.ContainsKey(key))
            {
                cleared.Add(key);
            }
        }
        return new ShardChanges(cleared, nodes);

        void Add(Hash256? account, IReadOnlyDictionary<TriePath, byte[]?> records)
        {
            foreach (var (path, record) in records)
            {
                nodes.Add(new NodeChange(new NodePlace(account, path), record));
            }
        }
    }
}
