using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>
/// Merkle proofs: the encoded nodes on the way from a trie's root to a key, or to where that way ends when the trie lacks the key. Nodes of fewer than
/// 32 bytes stand in their parents and not apart, but for the root.
/// </summary>
public static class TrieProof
{
    /// <summary>The proof of a key in a whole trie; no nodes for the empty trie. Computes references that aren't computed yet.</summary>
    /// <param name="source">Loads nodes that are known by hash only.</param>
    /// <exception cref="MissingNodeException">A node on the way was needed that no source had.</exception>
    public static byte[][] Of<TValue>(MerkleTrie<TValue> trie, in Hash256 key, INodeSource? source = null)
        where TValue : struct, ITrieValue
    {
        var proof = new List<byte[]>();
        Collect(trie.Root, trie.Depth, in key, source, isRoot: true, proof);
        return [.. proof];
    }

    /// <summary>Adds the nodes from one at this depth on.</summary>
    internal static void Collect(TrieNode? node, int depth, in Hash256 key, INodeSource? source, bool isRoot, List<byte[]> proof)
    {
        for (; node is not null; isRoot = false)
        {
            node = AtHand(node, depth, in key, source);
            if (isRoot || node.IsReferencedByHash)
            {
                proof.Add(Encode(node));
            }
            node = Next(node, in key, ref depth);
        }
    }

    /// <summary>The node on the way to the key after this one; null where the way ends.</summary>
    internal static TrieNode? Next(TrieNode node, in Hash256 key, ref int depth)
    {
        switch (node)
        {
            case BranchNode branch:
                return branch.Children[key.Nibble(depth++)];
            case ExtensionNode extension when NibblePaths.CommonPrefix(in key, in extension.Key, depth, extension.End) == extension.End:
                depth = extension.End;
                return extension.Child;
            default:
                return null;
        }
    }

    /// <summary>The node itself, with all references below it computed.</summary>
    internal static TrieNode AtHand(TrieNode node, int depth, in Hash256 key, INodeSource? source)
    {
        if (node is HashNode known)
        {
            var path = TriePath.Of(in key, depth);
            var hash = known.Hash;
            node = source is not null && source.TryLoad(in path, in hash, out var loaded) ? loaded : throw new MissingNodeException(path, hash);
        }
        if (!node.HasReference)
        {
            TrieHasher.HashNow(node);
        }
        return node;
    }

    internal static byte[] Encode(TrieNode node)
    {
        var bytes = new byte[node.MaxEncodedLength];
        return bytes[..node.Encode(bytes)];
    }
}
