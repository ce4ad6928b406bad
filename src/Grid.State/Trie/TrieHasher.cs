using System.Numerics;
using System.Runtime.InteropServices;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>
/// Computes the references of new nodes, of one trie or of many at once: gathers the nodes that have none, then goes from the
/// deepest level to the top, several Keccaks at a time. The work is that of the nodes changed. Not thread-safe, reusable.
/// </summary>
public sealed class TrieHasher
{
    /// <summary>Messages in one call of the batch hash: many, so that few lanes stay empty; few enough to stay in the cache.</summary>
    private const int BatchSize = 128;

    /// <summary>Subtrees for a thread to hash, where the work is shared: many, so that they are about as large; and how deep they are looked for.</summary>
    private const int SubtreesPerThread = 16, SubtreeDepthMax = 4;

    /// <summary>Nodes between the one that is encoded and the one whose children are asked for.</summary>
    private const int PrefetchDistance = 3;

    [ThreadStatic]
    private static TrieHasher? s_ofThread;

    private readonly List<TrieNode>[] _levels = new List<TrieNode>[TriePath.MaxLength + 1];
    private readonly MessageRange[] _messages = new MessageRange[BatchSize];
    private readonly TrieNode[] _hashed = new TrieNode[BatchSize];
    private readonly Hash256[] _hashes = new Hash256[BatchSize];
    private byte[] _buffer = new byte[BatchSize * 544];
    private int _length;
    private int _count;

    public TrieHasher()
    {
        for (var i = 0; i < _levels.Length; i++)
        {
            _levels[i] = [];
        }
    }

    /// <summary>Computes the references of a node and of all below it, on this thread.</summary>
    public static void HashNow(TrieNode root)
    {
        var hasher = s_ofThread ??= new TrieHasher();
        hasher.Add(root);
        hasher.Run();
    }

    /// <summary>Computes the references of some nodes and of all below them, on up to this many threads.</summary>
    /// <remarks>
    /// Each thread hashes some of the subtrees below the nodes, this one the nodes above them when all are done. No node is in two subtrees.
    /// </remarks>
    public static void HashNow(IReadOnlyList<TrieNode> roots, int parallelism)
    {
        if (parallelism > 1)
        {
            var subtrees = SubtreesOf(roots, parallelism * SubtreesPerThread);
            WorkRanges.Run(subtrees.Count, parallelism, 1, (from, to) =>
            {
                var part = s_ofThread ??= new TrieHasher();
                for (var i = from; i < to; i++)
                {
                    part.Add(subtrees[i]);
                }
                part.Run();
            });
        }
        var hasher = s_ofThread ??= new TrieHasher();
        foreach (var root in roots)
        {
            hasher.Add(root);
        }
        hasher.Run();
    }

    /// <summary>Nodes without reference, all of one level, of the first level that has as many as wanted.</summary>
    private static List<TrieNode> SubtreesOf(IReadOnlyList<TrieNode> roots, int wanted)
    {
        List<TrieNode> level = [.. roots.Where(root => !root.HasReference)];
        for (var depth = 0; depth < SubtreeDepthMax && level.Count < wanted; depth++)
        {
            List<TrieNode> below = [];
            foreach (var node in level)
            {
                AddChildren(node, below);
            }
            if (below.Count == 0)
            {
                break;
            }
            level = below;
        }
        return level;
    }

    private static void AddChildren(TrieNode node, List<TrieNode> below)
    {
        if (node is ExtensionNode { Child: { HasReference: false } child })
        {
            below.Add(child);
        }
        else if (node is BranchNode branch)
        {
            foreach (var next in branch.Children)
            {
                if (next is { HasReference: false })
                {
                    below.Add(next);
                }
            }
        }
    }

    /// <summary>Registers a node, and all below it, that has no reference.</summary>
    public void Add(TrieNode? root)
    {
        if (root is { HasReference: false })
        {
            Gather(root, 0);
        }
    }

    /// <summary>Computes the references of all nodes that were added.</summary>
    public void Run()
    {
        for (var level = _levels.Length - 1; level >= 0; level--)
        {
            var nodes = CollectionsMarshal.AsSpan(_levels[level]);
            for (var i = 0; i < nodes.Length; i++)
            {
                if (i + PrefetchDistance < nodes.Length && nodes[i + PrefetchDistance] is BranchNode branch)
                {
                    branch.PrefetchReferences();
                }
                Encode(nodes[i]);
            }
            Flush();
            _levels[level].Clear();
        }
    }

    private void Gather(TrieNode node, int level)
    {
        _levels[level].Add(node);
        if (node is BranchNode branch)
        {
            var children = branch.Children;
            for (var changed = branch.Changed; changed != 0; changed &= changed - 1)
            {
                if (children[BitOperations.TrailingZeroCount(changed)] is { HasReference: false } child)
                {
                    Gather(child, level + 1);
                }
            }
        }
        else if (node is ExtensionNode { Child: { HasReference: false } below })
        {
            Gather(below, level + 1);
        }
    }

    private void Encode(TrieNode node)
    {
        var room = node.MaxEncodedLength;
        if (_length + room > _buffer.Length)
        {
            Flush();
            if (room > _buffer.Length)
            {
                _buffer = new byte[room];
            }
        }
        var length = node.Encode(_buffer.AsSpan(_length));
        if (length < Hash256.Length)
        {
            node.SetInline(_buffer.AsSpan(_length, length));
            return;
        }
        _messages[_count] = new MessageRange(_length, length);
        _hashed[_count++] = node;
        _length += length;
        if (_count == BatchSize)
        {
            Flush();
        }
    }

    private void Flush()
    {
        Keccak256Batch.Hash(_buffer, _messages.AsSpan(0, _count), _hashes);
        for (var i = 0; i < _count; i++)
        {
            _hashed[i].SetHash(in _hashes[i]);
            _hashed[i] = null!;
        }
        _count = 0;
        _length = 0;
    }
}
