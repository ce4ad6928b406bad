using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>
/// Moves between stack words and other things. A word on the stack is always written with one 32-byte store: a 32-byte load
/// that follows smaller stores to the same word can't be forwarded from the store buffer, and waits some 15 cycles.
/// </summary>
internal static unsafe class Words
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(UInt256* word, ulong value) => Vector256.CreateScalar(value).Store((ulong*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(UInt256* word, bool value) => Vector256.CreateScalar(value ? 1UL : 0UL).Store((ulong*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(UInt256* word, ulong u0, ulong u1) => Vector128.Create(u0, u1).ToVector256().Store((ulong*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(UInt256* word, ulong u0, ulong u1, ulong u2, ulong u3) => Vector256.Create(u0, u1, u2, u3).Store((ulong*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(UInt256* word, in UInt256 value) => Set(word, value.U0, value.U1, value.U2, value.U3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Load(UInt256* word) => Vector256.Load((ulong*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(UInt256* word, Vector256<ulong> value) => value.Store((ulong*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadBigEndian(UInt256* word, byte* source) => Vector256.Shuffle(Vector256.Load(source), Reverse).Store((byte*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBigEndian(UInt256* word, byte* destination) => Vector256.Shuffle(Vector256.Load((byte*)word), Reverse).Store(destination);

    private static Vector256<byte> Reverse
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create((byte)31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    /// <summary>Puts an address on the stack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetAddress(UInt256* word, ref readonly Address address)
    {
        ref var bytes = ref Unsafe.As<Address, byte>(ref Unsafe.AsRef(in address));
        var high = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref bytes));
        var middle = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 4)));
        var low = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 12)));
        Set(word, low, middle, high, 0);
    }

    /// <summary>The low 20 bytes of a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void GetAddress(UInt256* word, ref Address address)
    {
        ref var bytes = ref Unsafe.As<Address, byte>(ref address);
        Unsafe.WriteUnaligned(ref bytes, BinaryPrimitives.ReverseEndianness((uint)word->U2));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref bytes, 4), BinaryPrimitives.ReverseEndianness(word->U1));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref bytes, 12), BinaryPrimitives.ReverseEndianness(word->U0));
    }

    /// <summary>
    /// Copies to memory from a source that reads as zeros past its end: CALLDATACOPY, CODECOPY, EXTCODECOPY.
    /// </summary>
    public static void CopyPadded(byte* destination, ulong size, byte* source, ulong sourceLength, UInt256* sourceOffset)
    {
        var offset = sourceOffset->SaturateUInt64();
        var available = offset < sourceLength ? Math.Min(size, sourceLength - offset) : 0;
        if (available > 0)
        {
            NativeMemory.Copy(source + offset, destination, (nuint)available);
        }
        if (available < size)
        {
            NativeMemory.Clear(destination + available, (nuint)(size - available));
        }
    }
}
