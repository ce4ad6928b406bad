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

    /// <summary>Hashes many addresses: those that aren't known together.</summary>
    public static Hash256[] Of(ReadOnlySpan<Address> addresses)
    {
        var hashes = new Hash256[addresses.Length];
        var missing = new List<int>();
        for (var i = 0; i < addresses.Length; i++)
        {
            if (Volatile.Read(ref s_addresses[addresses[i].GetHashCode() & (Size - 1)]) is { } entry && entry.Key == addresses[i])
            {
                hashes[i] = entry.Hash;
            }
            else
            {
                missing.Add(i);
            }
        }
        var unknown = new Address[missing.Count];
        for (var i = 0; i < unknown.Length; i++)
        {
            unknown[i] = addresses[missing[i]];
        }
        var computed = new Hash256[unknown.Length];
        Keccak256Batch.Hash20(unknown, computed);
        for (var i = 0; i < computed.Length; i++)
        {
            Volatile.Write(ref s_addresses[unknown[i].GetHashCode() & (Size - 1)], new Entry<Address>(in unknown[i], in computed[i]));
            hashes[missing[i]] = computed[i];
        }
        return hashes;
    }

    /// <summary>Hashes many slots: those that aren't known together.</summary>
    public static Hash256[] Of(ReadOnlySpan<UInt256> slots)
    {
        var hashes = new Hash256[slots.Length];
        var missing = new List<int>();
        for (var i = 0; i < slots.Length; i++)
        {
            if (Volatile.Read(ref s_slots[slots[i].GetHashCode() & (Size - 1)]) is { } entry && entry.Key == slots[i])
            {
                hashes[i] = entry.Hash;
            }
            else
            {
                missing.Add(i);
            }
        }
        var unknown = new UInt256[missing.Count];
        for (var i = 0; i < unknown.Length; i++)
        {
            unknown[i] = slots[missing[i]];
        }
        var computed = new Hash256[unknown.Length];
        Keccak256Batch.Hash32(unknown, computed);
        for (var i = 0; i < computed.Length; i++)
        {
            Volatile.Write(ref s_slots[unknown[i].GetHashCode() & (Size - 1)], new Entry<UInt256>(in unknown[i], in computed[i]));
            hashes[missing[i]] = computed[i];
        }
        return hashes;
    }
}
