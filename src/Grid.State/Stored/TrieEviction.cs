using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>
/// Puts hashes in the place of branches that the store has and that nobody has used lately. A branch goes when all leaves below it are
/// unused; what a record of the store holds together (a branch's leaves, an extension's path) stays together.
/// </summary>
/// <remarks>
/// Safe because only nodes are touched that are the same in the stored version and in the one given, so that the store has their
/// records; putting a hash in a node's place is what any thread may do at any time (see <see cref="TrieNode"/>).
/// </remarks>
internal static class TrieEviction
{
    /// <summary>Lets go of what can go in a shard; returns about how many bytes stay.</summary>
    public static long Run(StateShard stored, StateShard current) => Pair(stored.Accounts.Root, current.Accounts.Root);

    /// <summary>Two nodes at the same place. The second one itself stays.</summary>
    private static long Pair(TrieNode? stored, TrieNode? current)
    {
        switch (stored, current)
        {
            case (_, null):
                return 0;
            case (_, not null) when stored is not null && IsSame(stored, current):
                Shared(current, out var bytes);
                return bytes;
            case (BranchNode left, BranchNode right):
                long sum = right.MemoryBytes;
                for (var nibble = 0; nibble < 16; nibble++)
                {
                    var (before, after) = (left.Children[nibble], right.Children[nibble]);
                    if (before is null || after is null || !IsSame(before, after))
                    {
                        sum += Pair(before, after);
                    }
                    else if (!Shared(after, out var kept))
                    {
                        sum += kept;
                    }
                    else
                    {
                        var hash = Unload(after);
                        right.Exchange(nibble, hash);
                        left.Exchange(nibble, hash);
                        sum += hash.MemoryBytes;
                    }
                }
                return sum;
            case (ExtensionNode left, ExtensionNode right) when left.End == right.End && NibblePaths.CommonPrefix(in left.Key, in right.Key, right.Depth, right.End) == right.End:
                return right.MemoryBytes + Pair(left.Child, right.Child);
            case (LeafNode<AccountLeaf> left, LeafNode<AccountLeaf> right) when left.Key == right.Key && left.Value.Storage is { } before && right.Value.Storage is { } after:
                return right.MemoryBytes + Pair(before.Root, after.Root);
            default:
                return BytesOf(current);
        }
    }

    /// <summary>Whether a node that the store has may go: all below it is unused. Where it may not, what may go below it has gone.</summary>
    /// <param name="bytes">About what the node and all below it take, or take still.</param>
    private static bool Shared(TrieNode node, out long bytes)
    {
        bytes = node.MemoryBytes;
        switch (node)
        {
            case HashNode:
                return true;
            case BranchNode branch:
                return Shared(branch, ref bytes);
            case ExtensionNode extension:
                var isUnused = Shared(extension.Child, out var child);
                if (isUnused && extension.Child is BranchNode below)
                {
                    extension.Exchange(Unload(below));
                    child = extension.Child.MemoryBytes;
                }
                bytes += child;
                return isUnused;
            case LeafNode<AccountLeaf> { Value.Storage: { Root: not null } storage } leaf:
                if (Shared(storage.Root, out var slots) && storage.Root is { } root and not HashNode)
                {
                    var hash = new HashNode(NodeEncoding.RootHash(root));
                    storage.Exchange(hash);
                    slots = hash.MemoryBytes;
                }
                bytes += slots;
                return leaf.IsUnused;
            default:
                return node.IsUnused;
        }
    }

    private static bool Shared(BranchNode branch, ref long bytes)
    {
        var unused = 0;
        var count = 0;
        for (var nibble = 0; nibble < 16; nibble++)
        {
            if (branch.Children[nibble] is { } child)
            {
                count++;
                if (Shared(child, out var below))
                {
                    unused |= 1 << nibble;
                }
                bytes += below;
            }
        }
        if (int.PopCount(unused) == count)
        {
            return true;
        }
        for (var nibble = 0; nibble < 16; nibble++)
        {
            if ((unused & (1 << nibble)) != 0 && branch.Children[nibble] is BranchNode child)
            {
                bytes -= BytesOf(child);
                var hash = Unload(child);
                branch.Exchange(nibble, hash);
                bytes += hash.MemoryBytes;
            }
        }
        return false;
    }

    /// <summary>What stands for a node that may go: a branch's hash, and an extension or a leaf itself, which is in its parent's record.</summary>
    private static TrieNode Unload(TrieNode node) => node is BranchNode ? new HashNode(NodeEncoding.RootHash(node)) : node;

    private static bool IsSame(TrieNode stored, TrieNode current) =>
        ReferenceEquals(stored, current)
        || (stored.HasReference && current.HasReference && stored.Reference.SequenceEqual(current.Reference));

    private static long BytesOf(TrieNode? node)
    {
        long bytes = node?.MemoryBytes ?? 0;
        if (node is BranchNode branch)
        {
            foreach (var child in branch.Children)
            {
                bytes += BytesOf(child);
            }
        }
        else if (node is ExtensionNode extension)
        {
            bytes += BytesOf(extension.Child);
        }
        else if (node is LeafNode<AccountLeaf> { Value.Storage.Root: { } storage })
        {
            bytes += BytesOf(storage);
        }
        return bytes;
    }
}
