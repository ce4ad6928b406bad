using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// Keccak-256 with the original padding (0x01), as Ethereum uses it: https://keccak.team/keccak_specs_summary.html. Bytes are
/// absorbed where they lie, so the code is for little-endian machines. For many messages at once, see <see cref="Keccak256Batch"/>.
/// </summary>
public static class Keccak256
{
    /// <summary>Bytes absorbed per permutation.</summary>
    public const int Rate = 136;

    /// <summary>The hash of no bytes: the code hash of an account without code.</summary>
    public static readonly Hash256 OfEmpty = Hash([]);

    /// <summary>The hash of RLP's empty string: the root of an empty trie.</summary>
    public static readonly Hash256 OfEmptyString = Hash([0x80]);

    [SkipLocalsInit]
    public static Hash256 Hash(ReadOnlySpan<byte> input)
    {
        Unsafe.SkipInit(out Hash256 hash);
        HashTo(input, ref Unsafe.As<Hash256, byte>(ref hash));
        return hash;
    }

    /// <summary>Writes the 32 bytes of the hash.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        if (destination.Length < Hash256.Length)
        {
            throw new ArgumentException("32 bytes are needed.", nameof(destination));
        }
        HashTo(input, ref MemoryMarshal.GetReference(destination));
    }

    private static void HashTo(ReadOnlySpan<byte> input, ref byte destination)
    {
        var state = default(KeccakState<ScalarLane>);
        ref var bytes = ref Unsafe.As<KeccakState<ScalarLane>, byte>(ref state);
        ref var source = ref MemoryMarshal.GetReference(input);
        var length = input.Length;
        while (length >= Rate)
        {
            AbsorbBlock(ref bytes, ref source);
            Permute(ref bytes);
            source = ref Unsafe.Add(ref source, Rate);
            length -= Rate;
        }
        // One block, absorbed into a fresh state by copying, is what addresses (20), slots (32) and pairs (64) need.
        if (input.Length == 32)
        {
            Vector256.LoadUnsafe(ref source).StoreUnsafe(ref bytes);
        }
        else if (input.Length == 64)
        {
            Vector256.LoadUnsafe(ref source).StoreUnsafe(ref bytes);
            Vector256.LoadUnsafe(ref source, 32).StoreUnsafe(ref bytes, 32);
        }
        else if (input.Length == 20)
        {
            Vector128.LoadUnsafe(ref source).StoreUnsafe(ref bytes);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref bytes, 16), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, 16)));
        }
        else
        {
            AbsorbTail(ref bytes, ref source, length);
        }
        Unsafe.Add(ref bytes, length) ^= 0x01;
        Unsafe.Add(ref bytes, Rate - 1) ^= 0x80;
        Permute(ref bytes);
        Vector256.LoadUnsafe(ref bytes).StoreUnsafe(ref destination);
    }

    private static void Permute(ref byte state)
    {
        if (VectorLane.IsSupported)
        {
            KeccakPermutation.Permute<VectorLane>(ref Unsafe.As<byte, ulong>(ref state));
        }
        else
        {
            KeccakPermutation.Permute<ScalarLane>(ref Unsafe.As<byte, ulong>(ref state));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AbsorbBlock(ref byte state, ref byte block)
    {
        for (nuint i = 0; i < 128; i += 32)
        {
            (Vector256.LoadUnsafe(ref state, i) ^ Vector256.LoadUnsafe(ref block, i)).StoreUnsafe(ref state, i);
        }
        Unsafe.As<byte, ulong>(ref Unsafe.Add(ref state, 128)) ^= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref block, 128));
    }

    private static void AbsorbTail(ref byte state, ref byte tail, int length)
    {
        var i = 0;
        for (; i + 8 <= length; i += 8)
        {
            Unsafe.As<byte, ulong>(ref Unsafe.Add(ref state, i)) ^= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref tail, i));
        }
        for (; i < length; i++)
        {
            Unsafe.Add(ref state, i) ^= Unsafe.Add(ref tail, i);
        }
    }
}
