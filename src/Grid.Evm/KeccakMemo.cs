using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>
/// Hashes of 64 bytes that were asked for lately. Contracts hash 64 bytes to find where a mapping keeps a key, and do so again each time they
/// read or write there. Direct-mapped: a new hash takes the place of what was there, so that its size is fixed and nobody can make it slow.
/// Belongs to one <see cref="Machine"/>, and so to one thread at a time.
/// </summary>
internal sealed unsafe class KeccakMemo
{
    public const int InputLength = 64;

    private const int EntryCountLog2 = 10;

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public Vector512<byte> Input;
        public UInt256 Hash;
    }

    private readonly Entry* _entries = (Entry*)NativeMemory.AlignedAlloc((nuint)(sizeof(Entry) << EntryCountLog2), 64);

    public KeccakMemo()
    {
        // 64 zero bytes have their one place, where their hash is; in every other place nobody looks for them.
        NativeMemory.Clear(_entries, (nuint)(sizeof(Entry) << EntryCountLog2));
        var zero = default(Vector512<byte>);
        Fill(_entries + Index((byte*)&zero), (byte*)&zero);
    }

    ~KeccakMemo() => NativeMemory.AlignedFree(_entries);

    /// <summary>Puts the hash of 64 bytes on the stack.</summary>
    public void Hash(byte* input, UInt256* result)
    {
        var entry = _entries + Index(input);
        if (!Vector512.EqualsAll(Vector512.Load(input), entry->Input))
        {
            Fill(entry, input);
        }
        Words.Store(result, Words.Load(&entry->Hash));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(Entry* entry, byte* input)
    {
        var bytes = stackalloc byte[32];
        Keccak256.Hash(new ReadOnlySpan<byte>(input, InputLength), new Span<byte>(bytes, 32));
        entry->Input = Vector512.Load(input);
        Words.ReadBigEndian(&entry->Hash, bytes);
    }

    /// <summary>Mixes all 64 bytes; keys and slot numbers are at the ends of their words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Index(byte* input)
    {
        var limbs = (ulong*)input;
        var mixed = ((limbs[0] ^ limbs[3]) * 0x9E3779B97F4A7C15UL) + ((limbs[1] ^ limbs[7]) * 0xC2B2AE3D27D4EB4FUL)
            + ((limbs[2] ^ limbs[5]) * 0x165667B19E3779F9UL) + ((limbs[4] ^ limbs[6]) * 0xD6E8FEB86659FD93UL);
        mixed ^= mixed >> 32;
        return (int)(mixed * 0x9E3779B97F4A7C15UL >> (64 - EntryCountLog2));
    }
}
