using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Grid.Primitives;

namespace Grid.State;

/// <summary>
/// Keys and their hashes in a flat table, two places for each hash code: a look-up touches one or two lines of the processor's cache, and the collector
/// has nothing to go through. Bounded: a third key takes one of the places.
/// </summary>
/// <remarks>
/// Safe because each place has a version, odd while somebody fills it: who fills it has exchanged an even one for it, and a second one gives up. A reader
/// compares the versions before and after its copy, and takes nothing where they differ. Versions have 64 bits, so that none comes again.
/// </remarks>
internal sealed class KeyTable<T>
    where T : unmanaged, IEquatable<T>
{
    private const int Ways = 2;

    private readonly Place[] _places;

    /// <param name="size">How many keys there is room for: a power of two.</param>
    public KeyTable(int size) => _places = new Place[size];

    /// <summary>The hash that was added with the key, if it is still there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(in T key, out Hash256 hash)
    {
        ref var place = ref Find(in key);
        return place.TryGet(in key, out hash) || Unsafe.Add(ref place, 1).TryGet(in key, out hash);
    }

    /// <summary>Brings a key's places into the processor's cache, so that the waits for memory of several look-ups overlap.</summary>
    public unsafe void Prefetch(in T key)
    {
        if (Sse.IsSupported)
        {
            // Only a hint: if the array moves meanwhile, the wrong line is brought.
            Sse.Prefetch0(Unsafe.AsPointer(ref Find(in key)));
        }
    }

    /// <summary>Adds a key, in the place of another one where both are taken.</summary>
    public void Add(in T key, in Hash256 hash)
    {
        ref var first = ref Find(in key);
        ref var second = ref Unsafe.Add(ref first, 1);
        var (versionOfFirst, versionOfSecond) = (Volatile.Read(ref first.Version), Volatile.Read(ref second.Version));
        // In turn, where neither is free.
        var takesFirst = versionOfFirst == 0 || (versionOfSecond != 0 && versionOfFirst <= versionOfSecond);
        ref var place = ref takesFirst ? ref first : ref second;
        place.Fill(takesFirst ? versionOfFirst : versionOfSecond, in key, in hash);
    }

    private ref Place Find(in T key) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_places), (nint)(key.GetHashCode() & (_places.Length - Ways)));

    private struct Place
    {
        /// <summary>0 for a place that was never filled; odd while it is being filled.</summary>
        public ulong Version;

        private T _key;
        private Hash256 _hash;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryGet(in T key, out Hash256 hash)
        {
            var version = Volatile.Read(ref Version);
            if (version == 0 || (version & 1) != 0 || !_key.Equals(key))
            {
                hash = default;
                return false;
            }
            hash = _hash;
            Volatile.ReadBarrier();
            return Volatile.Read(ref Version) == version;
        }

        public void Fill(ulong version, in T key, in Hash256 hash)
        {
            if ((version & 1) == 0 && Interlocked.CompareExchange(ref Version, version + 1, version) == version)
            {
                (_key, _hash) = (key, hash);
                Volatile.Write(ref Version, version + 2);
            }
        }
    }
}
