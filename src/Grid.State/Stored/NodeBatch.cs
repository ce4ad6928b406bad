using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>
/// Loads what isn't in memory on the ways to many keys of tries, a level of all ways at a time: the ways go on through what was found, and what they come to
/// next is asked for together.
/// </summary>
/// <remarks>Used by one caller at a time.</remarks>
internal sealed class NodeBatch<TValue> : INodeSource
    where TValue : struct, ITrieValue
{
    /// <summary>A record has 2 KiB at most: some megabytes an answer.</summary>
    private const int NodesPerQuestion = 4_096;

    private readonly INodeSource _source;
    // Null for what the source hasn't got.
    private readonly Dictionary<UnloadedNode, TrieNode?> _known = [];
    private readonly HashSet<UnloadedNode> _wanted = [];
    private bool _isWanting;

    private NodeBatch(INodeSource source) => _source = source;

    /// <param name="source">Where the nodes of all these tries come from.</param>
    /// <param name="ways">Tries, and keys in them.</param>
    public static void Load(INodeSource source, IEnumerable<(MerkleTrie<TValue> Trie, Hash256 Key)> ways)
    {
        var batch = new NodeBatch<TValue>(source);
        var waiting = ways.ToList();
        while (true)
        {
            waiting.RemoveAll(way => !batch.Advance(way.Trie, in way.Key));
            if (waiting.Count == 0)
            {
                return;
            }
            batch.LoadWanted();
        }
    }

    /// <summary>The same for one trie, where its nodes are worth asking for together at all.</summary>
    public static void LoadDistant(INodeSource? source, MerkleTrie<TValue> trie, ReadOnlySpan<Hash256> keys)
    {
        if (source is { IsDistant: true } && trie.Root is not null && !keys.IsEmpty)
        {
            Load(source, [.. keys.ToArray().Select(key => (trie, key))]);
        }
    }

    public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node)
    {
        var unloaded = new UnloadedNode(path, hash);
        if (_known.TryGetValue(unloaded, out var found))
        {
            node = found!;
            return found is not null;
        }
        _wanted.Add(unloaded);
        _isWanting = true;
        node = null!;
        return false;
    }

    /// <summary>Puts what is known into the trie; returns whether more is wanted on the way.</summary>
    private bool Advance(MerkleTrie<TValue> trie, in Hash256 key)
    {
        _isWanting = false;
        while (trie.TryLoadNext(in key, this))
        {
        }
        return _isWanting;
    }

    private void LoadWanted()
    {
        UnloadedNode[] wanted = [.. _wanted];
        _wanted.Clear();
        foreach (var some in wanted.Chunk(NodesPerQuestion))
        {
            var found = _source.LoadAll(some);
            for (var i = 0; i < some.Length; i++)
            {
                _known[some[i]] = found[i];
            }
        }
    }
}
