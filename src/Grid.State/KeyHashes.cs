using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State;

/// <summary>The trie keys of addresses and slots that were hashed lately. Any thread may ask.</summary>
public static class KeyHashes
{
    /// <summary>Of addresses, and as many of slots; some 8 MiB each.</summary>
    private const int Size = 1 << 17;

    private static readonly KeyTable<Address> s_addresses = new(Size);
    private static readonly KeyTable<UInt256> s_slots = new(Size);

    /// <summary>Keccak-256 of the address.</summary>
    public static Hash256 Of(in Address address)
    {
        if (!s_addresses.TryGet(in address, out var hash))
        {
            hash = Keccak256.Hash(address.Span);
            s_addresses.Add(in address, in hash);
        }
        return hash;
    }

    /// <summary>Keccak-256 of the slot's 32 big-endian bytes.</summary>
    public static Hash256 Of(in UInt256 slot)
    {
        if (!s_slots.TryGet(in slot, out var hash))
        {
            var bytes = Hash256.FromWord(in slot);
            hash = Keccak256.Hash(bytes.Span);
            s_slots.Add(in slot, in hash);
        }
        return hash;
    }

    /// <summary>The fewest keys that are worth a second thread.</summary>
    private const int KeysPerRange = 1024;

    /// <summary>Keys that are looked up while the next one's place comes into the cache.</summary>
    private const int Ahead = 8;

    /// <summary>Hashes many addresses: those that aren't known together.</summary>
    public static Hash256[] Of(ReadOnlySpan<Address> addresses)
    {
        var hashes = new Hash256[addresses.Length];
        Of(addresses, hashes);
        return hashes;
    }

    /// <summary>The same into the caller's array.</summary>
    public static void Of(ReadOnlySpan<Address> addresses, Span<Hash256> hashes) => Fill(addresses, hashes, s_addresses, Keccak256Batch.Hash20);

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

    private static void Fill<T>(ReadOnlySpan<T> keys, Span<Hash256> hashes, KeyTable<T> table, BatchHash<T> hash)
        where T : unmanaged, IEquatable<T>
    {
        List<int>? missing = null;
        for (var i = 0; i < keys.Length; i++)
        {
            if (i + Ahead < keys.Length)
            {
                table.Prefetch(in keys[i + Ahead]);
            }
            if (!table.TryGet(in keys[i], out hashes[i]))
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
            table.Add(in unknown[i], in computed[i]);
            hashes[missing[i]] = computed[i];
        }
    }
}
