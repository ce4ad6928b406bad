using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>Where nodes come from that a trie knows by hash only. Thread-safe.</summary>
public interface INodeSource
{
    /// <summary>Finds the node with this hash at this place of the trie; false when it isn't there.</summary>
    bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node);

    /// <summary>Whether each question takes so long that many nodes should be asked for together, where the ways to them are known.</summary>
    bool IsDistant => false;

    /// <summary>Finds nodes together.</summary>
    /// <returns>In the order of what is wanted; null for what isn't there.</returns>
    TrieNode?[] LoadAll(IReadOnlyList<UnloadedNode> wanted) => [.. wanted.Select(x => TryLoad(x.Path, x.Hash, out var node) ? node : null)];
}

/// <summary>A node that is known by hash only, and its place in its trie.</summary>
public readonly record struct UnloadedNode(TriePath Path, Hash256 Hash);

/// <summary>An update of a trie met a node that is known by hash only, and that no source had.</summary>
public sealed class MissingNodeException(TriePath path, Hash256 hash)
    : Exception($"The trie node {hash} at '{path}' is not at hand.")
{
    public TriePath Path { get; } = path;

    public Hash256 Hash { get; } = hash;
}
