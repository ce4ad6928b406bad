using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>The place of a stored node: in the account trie, or in the storage trie of one account.</summary>
/// <param name="Account">The trie key of the account whose storage it is; null for the account trie.</param>
/// <param name="Path">The place in that trie.</param>
public readonly record struct NodePlace(Hash256? Account, TriePath Path);

/// <summary>What becomes of a stored node: its new record, or null where there is none any more.</summary>
public readonly record struct NodeChange(NodePlace Place, byte[]? Record);

/// <summary>Where the nodes of a shard's tries come from that aren't in memory; by itself, those of the account trie. Thread-safe.</summary>
public interface IShardNodes : INodeSource
{
    /// <summary>The nodes of an account's storage trie.</summary>
    /// <param name="account">Its trie key.</param>
    INodeSource StorageOf(in Hash256 account);
}
