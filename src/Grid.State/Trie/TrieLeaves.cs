using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>Goes through a trie's leaves from a key on.</summary>
public static class TrieLeaves
{
    /// <summary>The leaves whose keys aren't below this one, in the order of their keys.</summary>
    /// <param name="from">The lowest key that is wanted.</param>
    /// <param name="source">Loads nodes that are known by hash only.</param>
    /// <exception cref="MissingNodeException">A node was needed that no source had; thrown when it is come to.</exception>
    public static IEnumerable<LeafNode<TValue>> From<TValue>(MerkleTrie<TValue> trie, Hash256 from, INodeSource? source = null)
        where TValue : struct, ITrieValue
    {
        var open = new Stack<(TrieNode Node, TriePath Path)>();
        if (trie.Root is { } root)
        {
            open.Push((root, TriePath.Of(in from, trie.Depth)));
        }
        while (open.TryPop(out var next))
        {
            switch (next.Node)
            {
                case LeafNode<TValue> leaf:
                    if (leaf.Key >= from)
                    {
                        yield return leaf;
                    }
                    break;
                case ExtensionNode extension:
                    open.Push((extension.Child, TriePath.Of(in extension.Key, extension.End)));
                    break;
                case BranchNode branch:
                    for (var nibble = 15; nibble >= 0; nibble--)
                    {
                        var path = next.Path.Append(nibble);
                        if (branch.Children[nibble] is { } child && !EndsBefore(in path, in from))
                        {
                            open.Push((child, path));
                        }
                    }
                    break;
                case HashNode known:
                    var hash = known.Hash;
                    open.Push((source is not null && source.TryLoad(next.Path, in hash, out var loaded) ? loaded : throw new MissingNodeException(next.Path, hash), next.Path));
                    break;
            }
        }
    }

    /// <summary>Whether every key below this place is lower.</summary>
    private static bool EndsBefore(in TriePath path, in Hash256 key) => path.CompareTo(TriePath.Of(in key, path.Length)) < 0;
}
