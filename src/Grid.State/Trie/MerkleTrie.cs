using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>One change of a trie: a new value for a key, or the key's removal.</summary>
public readonly struct TrieChange<TValue>(in Hash256 key, in TValue value, bool isRemoval = false)
    where TValue : struct, ITrieValue
{
    public readonly Hash256 Key = key;
    public readonly TValue Value = value;
    public readonly bool IsRemoval = isRemoval;

    public static TrieChange<TValue> Remove(in Hash256 key) => new(in key, default, isRemoval: true);
}

/// <summary>The value that a key gets whose value so far is known only when the update comes to its leaf.</summary>
public delegate TValue LeafMerge<TValue>(in TValue before, in TValue change)
    where TValue : struct, ITrieValue;

/// <summary>
/// A Merkle-Patricia trie, or the part of one below a prefix, whose keys have 32 bytes. Immutable: an update makes a new trie that
/// shares all unchanged nodes with this one, so a version is a snapshot for as long as somebody holds it, and any thread may
/// read it.
/// </summary>
public sealed class MerkleTrie<TValue>
    where TValue : struct, ITrieValue
{
    private TrieNode? _root;

    public static readonly MerkleTrie<TValue> Empty = new(null, 0);

    /// <summary>A trie of these nodes; <paramref name="depth"/> nibbles are above the root node.</summary>
    public MerkleTrie(TrieNode? root, int depth)
    {
        _root = root;
        Depth = (byte)depth;
    }

    /// <summary>The top node; null for no keys.</summary>
    public TrieNode? Root => _root;

    /// <inheritdoc cref="BranchNode.Exchange"/>
    internal void Exchange(TrieNode same) => Volatile.Write(ref _root, same);

    /// <summary>The nibbles that all keys share and that aren't part of this trie: 0 for a whole trie.</summary>
    public byte Depth { get; }

    /// <summary>The root hash of a whole trie. Computes what isn't computed yet.</summary>
    /// <param name="parallelism">How many threads may work at once; where little has changed, one is quicker.</param>
    public Hash256 RootHash(int parallelism = 1)
    {
        if (Root is { HasReference: false })
        {
            TrieHasher.HashNow([Root], parallelism);
        }
        return NodeEncoding.RootHash(Root);
    }

    /// <summary>Looks a key up; false when the way to it leads through a node that isn't at hand.</summary>
    public bool TryGet(in Hash256 key, out bool found, out TValue value)
    {
        var complete = TryFind(in key, out var leaf);
        found = leaf is not null;
        value = found ? leaf!.Value : default;
        return complete;
    }

    /// <summary>Looks a key's leaf up, null when it has none; false when the way to it leads through a node that isn't at hand.</summary>
    public bool TryFind(in Hash256 key, out LeafNode<TValue>? leaf)
    {
        leaf = null;
        var depth = (int)Depth;
        var node = Root;
        while (true)
        {
            switch (node)
            {
                case BranchNode branch:
                    node = branch.Children[key.Nibble(depth++)];
                    break;
                case LeafNode<TValue> found:
                    found.Use();
                    leaf = found.Key == key ? found : null;
                    return true;
                case ExtensionNode extension when NibblePaths.CommonPrefix(in key, in extension.Key, depth, extension.End) == extension.End:
                    node = extension.Child;
                    depth = extension.End;
                    break;
                case HashNode:
                    return false;
                default:
                    return true;
            }
        }
    }

    /// <summary>The same, after loading what isn't at hand on the way to the key; what is loaded stays in the trie.</summary>
    /// <returns>False when the source hasn't got a node.</returns>
    public bool TryFind(in Hash256 key, INodeSource? source, out LeafNode<TValue>? leaf)
    {
        while (!TryFind(in key, out leaf))
        {
            if (source is null || !TryLoadNext(in key, source))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Loads the first node on the way to a key that isn't at hand; false when there is none, or the source hasn't got it.</summary>
    internal bool TryLoadNext(in Hash256 key, INodeSource source)
    {
        var depth = (int)Depth;
        var node = Root;
        TrieNode? parent = null;
        while (true)
        {
            switch (node)
            {
                case BranchNode branch:
                    (parent, node) = (branch, branch.Children[key.Nibble(depth++)]);
                    break;
                case ExtensionNode extension when NibblePaths.CommonPrefix(in key, in extension.Key, depth, extension.End) == extension.End:
                    (parent, node, depth) = (extension, extension.Child, extension.End);
                    break;
                case HashNode unloaded:
                    if (!source.TryLoad(TriePath.Of(in key, depth), unloaded.Hash, out var loaded))
                    {
                        return false;
                    }
                    Exchange(parent, key.Nibble(Math.Max(depth - 1, 0)), loaded);
                    return true;
                default:
                    return false;
            }
        }
    }

    private void Exchange(TrieNode? parent, int nibble, TrieNode same)
    {
        switch (parent)
        {
            case null:
                Exchange(same);
                break;
            case BranchNode branch:
                branch.Exchange(nibble, same);
                break;
            case ExtensionNode extension:
                extension.Exchange(same);
                break;
        }
    }

    /// <summary>This trie with changes applied. References of new nodes are not computed yet.</summary>
    /// <param name="changes">In any order; each key at most once; all below this trie's prefix.</param>
    /// <param name="source">Loads nodes that are known by hash only.</param>
    /// <param name="parallelism">How many threads may work at once.</param>
    /// <param name="merge">Makes the new value of a key that has one; without it the change's value is the new one.</param>
    /// <exception cref="ArgumentException">A key occurs twice.</exception>
    /// <exception cref="MissingNodeException">A node was needed that no source had.</exception>
    public MerkleTrie<TValue> Update(
        TrieChange<TValue>[] changes, INodeSource? source = null, int parallelism = 1, LeafMerge<TValue>? merge = null)
    {
        return Update(changes, changes.Length, source, parallelism, merge);
    }

    /// <summary>The same with the first changes of a rented array.</summary>
    internal MerkleTrie<TValue> Update(TrieChange<TValue>[] changes, int count, INodeSource? source, int parallelism, LeafMerge<TValue>? merge)
    {
        if (count == 0)
        {
            return this;
        }
        var root = TrieUpdate<TValue>.Apply(Root, Depth, changes, count, source, parallelism, merge);
        return ReferenceEquals(root, Root) ? this : new MerkleTrie<TValue>(root, Depth);
    }

    /// <summary>All leaves that are at hand, in the order of their keys.</summary>
    public IEnumerable<LeafNode<TValue>> Leaves()
    {
        var open = new Stack<TrieNode>();
        if (Root is not null)
        {
            open.Push(Root);
        }
        while (open.TryPop(out var node))
        {
            switch (node)
            {
                case LeafNode<TValue> leaf:
                    yield return leaf;
                    break;
                case ExtensionNode extension:
                    open.Push(extension.Child);
                    break;
                case BranchNode branch:
                    for (var i = 15; i >= 0; i--)
                    {
                        if (branch.Children[i] is { } child)
                        {
                            open.Push(child);
                        }
                    }
                    break;
            }
        }
    }
}
