using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State;

/// <summary>
/// The trie keys of addresses and slots that were hashed lately. A direct-mapped table of immutable entries: a thread reads
/// a whole entry or none, two that fill a place at once both leave a right one. Bounded by its size.
/// </summary>
public static class KeyHashes
{
    private const int Size = 1 << 17;

    private static readonly Entry<Address>?[] s_addresses = new Entry<Address>?[Size];
    private static readonly Entry<UInt256>?[] s_slots = new Entry<UInt256>?[Size];

    private sealed class Entry<T>(in T key, in Hash256 hash)
    {
        public readonly T Key = key;
        public readonly Hash256 Hash = hash;
    }

    /// <summary>Keccak-256 of the address.</summary>
    public static Hash256 Of(in Address address)
    {
        ref var place = ref s_addresses[address.GetHashCode() & (Size - 1)];
        var entry = Volatile.Read(ref place);
        if (entry is null || entry.Key != address)
        {
            entry = new Entry<Address>(in address, Keccak256.Hash(address.Span));
            Volatile.Write(ref place, entry);
        }
        return entry.Hash;
    }

    /// <summary>Keccak-256 of the slot's 32 big-endian bytes.</summary>
    public static Hash256 Of(in UInt256 slot)
    {
        ref var place = ref s_slots[slot.GetHashCode() & (Size - 1)];
        var entry = Volatile.Read(ref place);
        if (entry is null || entry.Key != slot)
        {
            var bytes = Hash256.FromWord(in slot);
            entry = new Entry<UInt256>(in slot, Keccak256.Hash(bytes.Span));
            Volatile.Write(ref place, entry);
        }
        return entry.Hash;
    }

    /// <summary>The fewest keys that are worth a second thread.</summary>
    private const int KeysPerRange = 1024;

    /// <summary>Hashes many addresses: those that aren't known together.</summary>
    public static Hash256[] Of(ReadOnlySpan<Address> addresses)
    {
        var hashes = new Hash256[addresses.Length];
        Fill(addresses, hashes, s_addresses, Keccak256Batch.Hash20);
        return hashes;
    }

    /// <summary>The same on several threads.</summary>
    /// <param name="parallelism">How many threads may work at once.</param>
    public static Hash256[] Of(Address[] addresses, int parallelism)
    {
        var hashes = new Hash256[addresses.Length];
        WorkRanges.Run(hashes.Length, parallelism, KeysPerRange, (from, to) =>
            Fill(addresses.AsSpan(from, to - from), hashes.AsSpan(from, to - from), s_addresses, Keccak256Batch.Hash20));
        return hashes;
    }

    /// <summary>Hashes the first <paramref name="count"/> slots: those that aren't known together.</summary>
    /// <param name="parallelism">How many threads may work at once.</param>
    internal static void Of(UInt256[] slots, Hash256[] hashes, int count, int parallelism) =>
        WorkRanges.Run(count, parallelism, KeysPerRange, (from, to) =>
            Fill(slots.AsSpan(from, to - from), hashes.AsSpan(from, to - from), s_slots, Keccak256Batch.Hash32));

    private delegate void BatchHash<T>(ReadOnlySpan<T> keys, Span<Hash256> hashes);

    private static void Fill<T>(ReadOnlySpan<T> keys, Span<Hash256> hashes, Entry<T>?[] table, BatchHash<T> hash)
        where T : struct, IEquatable<T>
    {
        List<int>? missing = null;
        for (var i = 0; i < keys.Length; i++)
        {
            if (Volatile.Read(ref table[keys[i].GetHashCode() & (Size - 1)]) is { } entry && entry.Key.Equals(keys[i]))
            {
                hashes[i] = entry.Hash;
            }
            else
            {
                (missing ??= []).Add(i);
            }
        }
        if (missing is null)
        {
            return;
        }
        var unknown = new T[missing.Count];
        for (var i = 0; i < unknown.Length; i++)
        {
            unknown[i] = keys[missing[i]];
        }
        var computed = new Hash256[unknown.Length];
        hash(unknown, computed);
        for (var i = 0; i < computed.Length; i++)
        {
            Volatile.Write(ref table[unknown[i].GetHashCode() & (Size - 1)], new Entry<T>(in unknown[i], in computed[i]));
            hashes[missing[i]] = computed[i];
        }
    }
}
