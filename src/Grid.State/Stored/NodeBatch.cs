using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>
/// Loads what isn't in memory on the ways to many accounts, a level of all ways at a time: the ways go on through what was found, and what they come to
/// next is asked for together.
/// </summary>
/// <remarks>Used by one caller at a time.</remarks>
internal sealed class NodeBatch : INodeSource
{
    private readonly IShardNodes _source;
    // Null for what the source hasn't got.
    private readonly Dictionary<UnloadedNode, TrieNode?> _known = [];
    private readonly HashSet<UnloadedNode> _wanted = [];
    private bool _isWanting;

    private NodeBatch(IShardNodes source) => _source = source;

    /// <param name="source">Where the nodes of all these tries come from.</param>
    /// <param name="ways">Tries, and keys in them.</param>
    public static void Load(IShardNodes source, IEnumerable<(MerkleTrie<AccountLeaf> Trie, Hash256 Key)> ways)
    {
        var batch = new NodeBatch(source);
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
    private bool Advance(MerkleTrie<AccountLeaf> trie, in Hash256 key)
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
        var found = _source.LoadAll(wanted);
        for (var i = 0; i < wanted.Length; i++)
        {
            _known[wanted[i]] = found[i];
        }
    }
}
