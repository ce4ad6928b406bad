using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>Reads whole shards, also such as are much larger than memory: what is loaded on the way isn't kept. Each node is checked against its hash.</summary>
public static class StoredLeaves
{
    /// <summary>All accounts of a shard, in the order of their keys.</summary>
    /// <exception cref="MissingNodeException">The store lacks a node.</exception>
    public static IEnumerable<LeafNode<AccountLeaf>> Accounts(StateShard shard) => Leaves<AccountLeaf>(shard.Accounts.Root, shard.Prefix, shard.Nodes);

    /// <summary>All slots of an account of the shard, in the order of their keys.</summary>
    /// <exception cref="MissingNodeException">The store lacks a node, or the account's storage isn't here at all.</exception>
    public static IEnumerable<LeafNode<SlotValue>> Slots(StateShard shard, LeafNode<AccountLeaf> account)
    {
        var leaf = account.Value;
        if (!leaf.Record.HasStorage)
        {
            return [];
        }
        var storage = leaf.Storage ?? throw new MissingNodeException(TriePath.Root, leaf.Record.StorageRoot);
        return Leaves<SlotValue>(storage.Root, TriePath.Root, shard.Nodes?.StorageOf(in account.Key));
    }

    private static IEnumerable<LeafNode<TValue>> Leaves<TValue>(TrieNode? root, TriePath path, INodeSource? source)
        where TValue : struct, IStoredValue<TValue>
    {
        var open = new Stack<(TrieNode Node, TriePath Path)>();
        if (root is not null)
        {
            open.Push((root, path));
        }
        while (open.TryPop(out var next))
        {
            switch (next.Node)
            {
                case LeafNode<TValue> leaf:
                    yield return leaf;
                    break;
                case ExtensionNode extension:
                    open.Push((extension.Child, TriePath.Of(in extension.Key, extension.End)));
                    break;
                case BranchNode branch:
                    for (var nibble = 15; nibble >= 0; nibble--)
                    {
                        if (branch.Children[nibble] is { } child)
                        {
                            open.Push((child, next.Path.Append(nibble)));
                        }
                    }
                    break;
                default:
                    var hash = ((HashNode)next.Node).Hash;
                    open.Push(source is not null && source.TryLoad(next.Path, in hash, out var loaded) ? (loaded, next.Path) : throw new MissingNodeException(next.Path, hash));
                    break;
            }
        }
    }
}
