using System.Buffers;
using Grid.Primitives;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.State;

/// <summary>Applies changed slots to a storage trie.</summary>
public static class StorageChanges
{
    /// <summary>Fewer changed slots than this are updated and hashed on one thread: about a millisecond of work.</summary>
    public const int SlotsWorthThreads = 512;

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
        var threads = slots.Length < SlotsWorthThreads ? 1 : parallelism;
        // Rented: arrays of this size made anew for each block would have the collector go through the whole heap.
        var names = ArrayPool<UInt256>.Shared.Rent(slots.Length);
        var keys = ArrayPool<Hash256>.Shared.Rent(slots.Length);
        var changes = ArrayPool<TrieChange<SlotValue>>.Shared.Rent(slots.Length);
        try
        {
            for (var i = 0; i < slots.Length; i++)
            {
                names[i] = slots[i].Slot;
            }
            KeyHashes.Of(names, keys, slots.Length, threads);
            for (var i = 0; i < slots.Length; i++)
            {
                changes[i] = new TrieChange<SlotValue>(keys[i], new SlotValue(slots[i].After), slots[i].After.IsZero);
            }
            NodeBatch<SlotValue>.LoadDistant(source, before, keys.AsSpan(0, slots.Length));
            return before.Update(changes, slots.Length, source, threads, merge: null);
        }
        finally
        {
            ArrayPool<UInt256>.Shared.Return(names);
            ArrayPool<Hash256>.Shared.Return(keys);
            ArrayPool<TrieChange<SlotValue>>.Shared.Return(changes);
        }
    }
}
