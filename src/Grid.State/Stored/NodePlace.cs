using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>The place of a stored node: in the account trie, or in the storage trie of one account.</summary>
/// <param name="Account">The trie key of the account whose storage it is; null for the account trie.</param>
/// <param name="Path">The place in that trie.</param>
public readonly record struct NodePlace(Hash256? Account, TriePath Path);

/// <summary>What becomes of a stored node: its new record, or null where there is none any more.</summary>
public readonly record struct NodeChange(NodePlace Place, byte[]? Record);

/// <summary>A node that is known by hash only, and its place in the account trie.</summary>
public readonly record struct UnloadedNode(TriePath Path, Hash256 Hash);

/// <summary>Where the nodes of a shard's tries come from that aren't in memory; by itself, those of the account trie. Thread-safe.</summary>
public interface IShardNodes : INodeSource
{
    /// <summary>Finds nodes of the account trie together: a store that is some way off is asked once.</summary>
    /// <returns>In the order of what is wanted; null for what isn't there.</returns>
    TrieNode?[] LoadAll(IReadOnlyList<UnloadedNode> wanted) => [.. wanted.Select(x => TryLoad(x.Path, x.Hash, out var node) ? node : null)];

    /// <summary>The nodes of an account's storage trie.</summary>
    /// <param name="account">Its trie key.</param>
    INodeSource StorageOf(in Hash256 account);
}
