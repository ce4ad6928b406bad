using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>
/// What changes in the stored nodes of one trie from one version to another. Subtrees that are the same, by reference or by hash, aren't looked
/// into, so the work is that of what has changed.
/// </summary>
/// <param name="source">Where nodes of the version before come from that aren't in memory.</param>
internal sealed class TrieDiff<TValue>(INodeSource? source)
    where TValue : struct, IStoredValue<TValue>
{
    private readonly Dictionary<TriePath, byte[]?> _records = [];
    private readonly Dictionary<Hash256, TValue> _removed = [];
    private readonly Dictionary<Hash256, TValue> _added = [];

    /// <summary>The records that change, by place; null where there is none any more.</summary>
    public IReadOnlyDictionary<TriePath, byte[]?> Records => _records;

    /// <summary>Leaves that were in a changed part before, by key; those that are in <see cref="Added"/> as well are still there.</summary>
    public IReadOnlyDictionary<Hash256, TValue> Removed => _removed;

    /// <summary>Leaves that are in a changed part now, by key.</summary>
    public IReadOnlyDictionary<Hash256, TValue> Added => _added;

    /// <summary>Adds the changes between two tops of the trie at the same place.</summary>
    public void Compare(TrieNode? before, TrieNode? after, in TriePath path)
    {
        if (before is HashNode)
        {
            if (after is not null && NodeEncoding.RootHash(before) == NodeEncoding.RootHash(after))
            {
                return;
            }
            before = Load(before, in path);
        }
        if (IsSame(before, after))
        {
            return;
        }
        // A branch is written and removed as any other is; the other tops have a record only here.
        if (after is not (null or BranchNode))
        {
            Put(after, in path);
        }
        else if (after is null && before is not BranchNode)
        {
            Remove(in path);
        }
        CompareBelow(before, after, in path);
    }

    /// <summary>Adds the changes of all that is below a place: of branches, and of leaves.</summary>
    private void CompareBelow(TrieNode? before, TrieNode? after, in TriePath path)
    {
        if (IsSame(before, after))
        {
            return;
        }
        if (before is HashNode)
        {
            before = Load(before, in path);
        }
        switch (before, after)
        {
            case (null or LeafNode<TValue>, _) or (_, null or LeafNode<TValue>):
                RemoveAll(before, in path);
                PutAll(after, in path);
                break;
            case (BranchNode left, BranchNode right):
                Put(right, in path);
                for (var nibble = 0; nibble < 16; nibble++)
                {
                    CompareBelow(left.Children[nibble], right.Children[nibble], path.Append(nibble));
                }
                break;
            case (ExtensionNode left, ExtensionNode right):
                CompareExtensions(left, right, in path);
                break;
            case (BranchNode left, ExtensionNode right):
                Remove(in path);
                for (var nibble = 0; nibble < 16; nibble++)
                {
                    CompareBelow(left.Children[nibble], nibble == right.Key.Nibble(path.Length) ? Rest(right, path.Length + 1) : null, path.Append(nibble));
                }
                break;
            case (ExtensionNode left, BranchNode right):
                Put(right, in path);
                for (var nibble = 0; nibble < 16; nibble++)
                {
                    CompareBelow(nibble == left.Key.Nibble(path.Length) ? Rest(left, path.Length + 1) : null, right.Children[nibble], path.Append(nibble));
                }
                break;
            default:
                throw NotStored(in path);
        }
    }

    private void CompareExtensions(ExtensionNode before, ExtensionNode after, in TriePath path)
    {
        var end = Math.Min(before.End, after.End);
        var common = NibblePaths.CommonPrefix(in before.Key, in after.Key, path.Length, end);
        if (common == end)
        {
            CompareBelow(Rest(before, end), Rest(after, end), TriePath.Of(in after.Key, end));
        }
        else
        {
            RemoveAll(before, in path);
            PutAll(after, in path);
        }
    }

    /// <summary>What is left of an extension from a depth on: a part of it, or its child.</summary>
    private static TrieNode Rest(ExtensionNode extension, int depth) =>
        depth == extension.End ? extension.Child : new ExtensionNode(in extension.Key, depth, extension.End, extension.Child);

    private void RemoveAll(TrieNode? node, in TriePath path)
    {
        switch (node)
        {
            case null:
                break;
            case LeafNode<TValue> leaf:
                _removed.Add(leaf.Key, leaf.Value);
                break;
            case ExtensionNode extension:
                RemoveAll(extension.Child, TriePath.Of(in extension.Key, extension.End));
                break;
            case BranchNode branch:
                Remove(in path);
                for (var nibble = 0; nibble < 16; nibble++)
                {
                    RemoveAll(branch.Children[nibble], path.Append(nibble));
                }
                break;
            default:
                RemoveAll(Load(node, in path), in path);
                break;
        }
    }

    private void PutAll(TrieNode? node, in TriePath path)
    {
        switch (node)
        {
            case null:
                break;
            case LeafNode<TValue> leaf:
                _added.Add(leaf.Key, leaf.Value);
                break;
            case ExtensionNode extension:
                PutAll(extension.Child, TriePath.Of(in extension.Key, extension.End));
                break;
            case BranchNode branch:
                Put(branch, in path);
                for (var nibble = 0; nibble < 16; nibble++)
                {
                    PutAll(branch.Children[nibble], path.Append(nibble));
                }
                break;
            default:
                // What isn't in memory is stored, in its place, and has a counterpart there.
                throw NotStored(in path);
        }
    }

    private void Put(TrieNode node, in TriePath path) => _records[path] = NodeRecord.Encode<TValue>(node, in path);

    /// <summary>A place that has a record before and after is met twice, in any order.</summary>
    private void Remove(in TriePath path) => _records.TryAdd(path, null);

    private TrieNode Load(TrieNode node, in TriePath path)
    {
        var hash = ((HashNode)node).Hash;
        return source is not null && source.TryLoad(in path, in hash, out var loaded) ? loaded : throw new MissingNodeException(path, hash);
    }

    /// <summary>Parts of extensions have no reference: they are compared by what they consist of.</summary>
    private static bool IsSame(TrieNode? before, TrieNode? after) =>
        ReferenceEquals(before, after)
        || (before is { HasReference: true } && after is { HasReference: true } && before.Reference.SequenceEqual(after.Reference));

    private static InvalidOperationException NotStored(in TriePath path) => new($"The trie at '{path}' has a node that neither memory nor the version before has.");
}
