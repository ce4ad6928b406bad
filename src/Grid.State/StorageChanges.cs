using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State;

/// <summary>Applies changed slots to a storage trie.</summary>
public static class StorageChanges
{
    /// <summary>
    /// The storage trie after these changes; its references are not computed yet. This is what an account's grain does in its
    /// turn, and what <see cref="WorldTrie"/> does for all accounts.
    /// </summary>
    /// <param name="storage">The trie before.</param>
    /// <param name="cleared">Whether the trie before is to be forgotten.</param>
    /// <param name="slots">Each slot once; zero removes it.</param>
    /// <param name="source">Loads nodes that are known by hash only.</param>
    /// <param name="parallelism">How many threads may work at once.</param>
    public static MerkleTrie<SlotValue> Apply(
        MerkleTrie<SlotValue> storage, bool cleared, ReadOnlySpan<SlotChange> slots, INodeSource? source = null, int parallelism = 1)
    {
        var before = cleared ? MerkleTrie<SlotValue>.Empty : storage;
        if (slots.IsEmpty)
        {
            return before;
        }
        var names = new UInt256[slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            names[i] = slots[i].Slot;
        }
        var keys = KeyHashes.Of(names);
        var changes = new TrieChange<SlotValue>[slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            changes[i] = new TrieChange<SlotValue>(keys[i], new SlotValue(slots[i].After), slots[i].After.IsZero);
        }
        return before.Update(changes, source, parallelism);
    }
}
