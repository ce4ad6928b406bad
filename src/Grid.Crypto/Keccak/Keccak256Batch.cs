using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>Where one message lies in a buffer, in bytes.</summary>
public readonly record struct MessageRange(int Offset, int Length);

/// <summary>
/// Keccak-256 of several messages at once: eight in the lanes of AVX-512, four in those of AVX2, one otherwise. Messages of
/// different lengths share a permutation when they have the same number of blocks.
/// </summary>
public static class Keccak256Batch
{
    private const int Rate = Keccak256.Rate;
    private const int RateWords = Rate / 8;

    /// <summary>How many messages one permutation serves on this machine.</summary>
    public static int Width => Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? 8 : Vector256.IsHardwareAccelerated ? 4 : 1;

    /// <summary>Hashes messages that lie anywhere in one buffer, in any lengths; <paramref name="destination"/> gets their hashes in order.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than the list of messages.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A message lies outside of the buffer.</exception>
    public static void Hash(ReadOnlySpan<byte> buffer, ReadOnlySpan<MessageRange> messages, Span<Hash256> destination)
    {
        ThrowIfShorter(destination.Length, messages.Length);
        if (Width == 1 || messages.Length < 2)
        {
            for (var i = 0; i < messages.Length; i++)
            {
                destination[i] = Keccak256.Hash(buffer.Slice(messages[i].Offset, messages[i].Length));
            }
            return;
        }
        var keys = ArrayPool<ulong>.Shared.Rent(messages.Length);
        try
        {
            // Sorted by number of blocks, then by place: neighbours in the buffer stay neighbours in the lanes.
            var isSorted = true;
            for (var i = 0; i < messages.Length; i++)
            {
                _ = buffer.Slice(messages[i].Offset, messages[i].Length);
                keys[i] = ((ulong)BlockCount(messages[i].Length) << 32) | (uint)i;
                isSorted &= i == 0 || keys[i - 1] < keys[i];
            }
            var order = keys.AsSpan(0, messages.Length);
            if (!isSorted)
            {
                order.Sort();
            }
            HashSorted(buffer, messages, order, destination);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(keys);
        }
    }

    /// <summary>Hashes addresses: the keys of the account trie.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than the list of addresses.</exception>
    public static void Hash20(ReadOnlySpan<Address> addresses, Span<Hash256> destination)
    {
        ThrowIfShorter(destination.Length, addresses.Length);
        HashFixed(MemoryMarshal.AsBytes(addresses), Address.Length, destination[..addresses.Length]);
    }

    /// <summary>Hashes 32-byte values.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than the list of values.</exception>
    public static void Hash32(ReadOnlySpan<Hash256> values, Span<Hash256> destination)
    {
        ThrowIfShorter(destination.Length, values.Length);
        HashFixed(MemoryMarshal.AsBytes(values), Hash256.Length, destination[..values.Length]);
    }

    /// <summary>Hashes the 32 big-endian bytes of words, such as storage slots: the keys of a storage trie.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than the list of words.</exception>
    public static void Hash32(ReadOnlySpan<UInt256> words, Span<Hash256> destination)
    {
        ThrowIfShorter(destination.Length, words.Length);
        // The destination itself holds the bytes: a group is read before it is written.
        for (var i = 0; i < words.Length; i++)
        {
            destination[i] = Hash256.FromWord(in words[i]);
        }
        HashFixed(MemoryMarshal.AsBytes(destination[..words.Length]), Hash256.Length, destination[..words.Length]);
    }

    private static void ThrowIfShorter(int destinationLength, int count)
    {
        if (destinationLength < count)
        {
            throw new ArgumentException($"There is room for {destinationLength} hashes of {count} messages.", nameof(destinationLength));
        }
    }

    private static int BlockCount(int length) => (length / Rate) + 1;

    private static void HashSorted(
        ReadOnlySpan<byte> buffer, ReadOnlySpan<MessageRange> messages, ReadOnlySpan<ulong> order, Span<Hash256> destination)
    {
        while (!order.IsEmpty)
        {
            var blocks = (int)(order[0] >> 32);
            var same = 1;
            while (same < order.Length && same < Width && (int)(order[same] >> 32) == blocks)
            {
                same++;
            }
            var group = order[..same];
            if (same > 4)
            {
                HashGroup<EightLanes>(buffer, messages, group, blocks, destination);
            }
            else if (same > 1)
            {
                HashGroup<FourLanes>(buffer, messages, group, blocks, destination);
            }
            else
            {
                var (offset, length) = messages[(int)(uint)order[0]];
                destination[(int)(uint)order[0]] = Keccak256.Hash(buffer.Slice(offset, length));
            }
            order = order[same..];
        }
    }

    /// <summary>Up to as many messages as the lane is wide, all with the same number of blocks; unused lanes hash zeros.</summary>
    private static void HashGroup<T>(
        ReadOnlySpan<byte> buffer, ReadOnlySpan<MessageRange> messages, ReadOnlySpan<ulong> group, int blocks, Span<Hash256> destination)
        where T : struct, IKeccakLane<T>
    {
        var width = Unsafe.SizeOf<T>() / 8;
        var state = default(KeccakState<T>);
        ref var words = ref Unsafe.As<KeccakState<T>, ulong>(ref state);
        Span<byte> last = stackalloc byte[Rate];
        for (var block = 0; block < blocks; block++)
        {
            for (var lane = 0; lane < group.Length; lane++)
            {
                var (offset, length) = messages[(int)(uint)group[lane]];
                var rest = buffer.Slice(offset + (block * Rate), Math.Min(Rate, length - (block * Rate)));
                if (block == blocks - 1)
                {
                    last.Clear();
                    rest.CopyTo(last);
                    last[rest.Length] = 0x01;
                    last[Rate - 1] |= 0x80;
                    AbsorbColumn(ref Unsafe.Add(ref words, lane), width, last);
                }
                else
                {
                    AbsorbColumn(ref Unsafe.Add(ref words, lane), width, rest);
                }
            }
            KeccakPermutation.Permute<T>(ref words);
        }
        for (var lane = 0; lane < group.Length; lane++)
        {
            WriteHash(ref Unsafe.Add(ref words, lane), width, out destination[(int)(uint)group[lane]]);
        }
    }

    /// <summary>Adds a message's block to its column of the state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AbsorbColumn(ref ulong column, int width, ReadOnlySpan<byte> block)
    {
        ref var source = ref MemoryMarshal.GetReference(block);
        for (var w = 0; w < RateWords; w++)
        {
            Unsafe.Add(ref column, w * width) ^= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, w * 8));
        }
    }

    /// <summary>Messages of one length below a block, one behind the other.</summary>
    private static void HashFixed(ReadOnlySpan<byte> messages, int length, Span<Hash256> destination)
    {
        while (destination.Length > 1 && Width > 1)
        {
            var count = Math.Min(destination.Length, Width);
            if (count > 4)
            {
                HashFixedGroup<EightLanes>(messages, length, destination[..count]);
            }
            else
            {
                HashFixedGroup<FourLanes>(messages, length, destination[..count]);
            }
            messages = messages[(count * length)..];
            destination = destination[count..];
        }
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = Keccak256.Hash(messages.Slice(i * length, length));
        }
    }

    private static void HashFixedGroup<T>(ReadOnlySpan<byte> messages, int length, Span<Hash256> destination)
        where T : struct, IKeccakLane<T>
    {
        var width = Unsafe.SizeOf<T>() / 8;
        var state = default(KeccakState<T>);
        ref var words = ref Unsafe.As<KeccakState<T>, ulong>(ref state);
        for (var lane = 0; lane < destination.Length; lane++)
        {
            ref var column = ref Unsafe.Add(ref words, lane);
            ref var source = ref MemoryMarshal.GetReference(messages.Slice(lane * length, length));
            var w = 0;
            for (; w < length / 8; w++)
            {
                Unsafe.Add(ref column, w * width) = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, w * 8));
            }
            Unsafe.Add(ref column, w * width) = length % 8 == 0 ? 1 : Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, w * 8)) | (1UL << 32);
            Unsafe.Add(ref column, (RateWords - 1) * width) = 1UL << 63;
        }
        KeccakPermutation.Permute<T>(ref words);
        for (var lane = 0; lane < destination.Length; lane++)
        {
            WriteHash(ref Unsafe.Add(ref words, lane), width, out destination[lane]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteHash(ref ulong column, int width, out Hash256 hash)
    {
        Unsafe.SkipInit(out hash);
        ref var target = ref Unsafe.As<Hash256, ulong>(ref hash);
        for (var w = 0; w < 4; w++)
        {
            Unsafe.Add(ref target, w) = Unsafe.Add(ref column, w * width);
        }
    }
}
