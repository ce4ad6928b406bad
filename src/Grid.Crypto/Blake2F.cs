using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Grid.Crypto;

/// <summary>The compression function F of BLAKE2b (RFC 7693, section 3.2) with the rounds as a parameter: precompile 9 (EIP-152).</summary>
public static class Blake2F
{
    /// <summary>rounds (4, big-endian) · h (64) · m (128) · t (16) · f (1); words little-endian.</summary>
    public const int InputLength = 213;

    public const int OutputLength = 64;

    private static ReadOnlySpan<ulong> InitialVector =>
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    /// <summary>The message schedule: ten rows of sixteen, then from the first again.</summary>
    private static ReadOnlySpan<byte> Sigma =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ];

    /// <summary>The rounds that an input of the right length asks for: what the precompile charges.</summary>
    public static uint ReadRounds(ReadOnlySpan<byte> input) => BinaryPrimitives.ReadUInt32BigEndian(input);

    /// <summary>Writes the 64 bytes of the new state. False where the input isn't 213 bytes long, or its last byte is neither 0 nor 1.</summary>
    /// <exception cref="ArgumentException">The output is shorter than 64 bytes.</exception>
    public static bool TryCompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.Length != InputLength || input[^1] > 1)
        {
            return false;
        }
        if (output.Length < OutputLength)
        {
            throw new ArgumentException("64 bytes are needed.", nameof(output));
        }
        Span<ulong> words = stackalloc ulong[26];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(input[(4 + (i * 8))..]);
        }
        Compress(ReadRounds(input), words[..8], words[8..24], words[24], words[25], input[^1] == 1);
        for (var i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(output[(i * 8)..], words[i]);
        }
        return true;
    }

    /// <summary>Mixes 16 words of message into the 8 words of state h, with the 128-bit counter t1:t0.</summary>
    public static void Compress(uint rounds, Span<ulong> h, ReadOnlySpan<ulong> m, ulong t0, ulong t1, bool isFinal)
    {
        if (Vector256.IsHardwareAccelerated)
        {
            CompressVectors(rounds, h, m, t0, t1, isFinal);
        }
        else
        {
            CompressWords(rounds, h, m, t0, t1, isFinal);
        }
    }

    /// <summary>The same, word by word, where there are no vectors.</summary>
    internal static void CompressWords(uint rounds, Span<ulong> h, ReadOnlySpan<ulong> m, ulong t0, ulong t1, bool isFinal)
    {
        var iv = InitialVector;
        m = m[..16];
        ulong v0 = h[0], v1 = h[1], v2 = h[2], v3 = h[3], v4 = h[4], v5 = h[5], v6 = h[6], v7 = h[7];
        ulong v8 = iv[0], v9 = iv[1], v10 = iv[2], v11 = iv[3];
        ulong v12 = iv[4] ^ t0, v13 = iv[5] ^ t1, v14 = isFinal ? ~iv[6] : iv[6], v15 = iv[7];
        var row = 0;
        for (uint round = 0; round < rounds; round++)
        {
            var s = Sigma.Slice(row, 16);
            row = row == 144 ? 0 : row + 16;
            Mix(ref v0, ref v4, ref v8, ref v12, m[s[0] & 15], m[s[1] & 15]);
            Mix(ref v1, ref v5, ref v9, ref v13, m[s[2] & 15], m[s[3] & 15]);
            Mix(ref v2, ref v6, ref v10, ref v14, m[s[4] & 15], m[s[5] & 15]);
            Mix(ref v3, ref v7, ref v11, ref v15, m[s[6] & 15], m[s[7] & 15]);
            Mix(ref v0, ref v5, ref v10, ref v15, m[s[8] & 15], m[s[9] & 15]);
            Mix(ref v1, ref v6, ref v11, ref v12, m[s[10] & 15], m[s[11] & 15]);
            Mix(ref v2, ref v7, ref v8, ref v13, m[s[12] & 15], m[s[13] & 15]);
            Mix(ref v3, ref v4, ref v9, ref v14, m[s[14] & 15], m[s[15] & 15]);
        }
        h[0] ^= v0 ^ v8;
        h[1] ^= v1 ^ v9;
        h[2] ^= v2 ^ v10;
        h[3] ^= v3 ^ v11;
        h[4] ^= v4 ^ v12;
        h[5] ^= v5 ^ v13;
        h[6] ^= v6 ^ v14;
        h[7] ^= v7 ^ v15;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref ulong a, ref ulong b, ref ulong c, ref ulong d, ulong x, ulong y)
    {
        a += b + x;
        d = BitOperations.RotateRight(d ^ a, 32);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 24);
        a += b + y;
        d = BitOperations.RotateRight(d ^ a, 16);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 63);
    }

    /// <summary>
    /// The same, with a row of the state in each vector. A chain of dependent operations, so latency counts: between columns and diagonals the rows a, c
    /// and d are turned, which are ready before b is, and b, which the next operation waits for, stays.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CompressVectors(uint rounds, Span<ulong> h, ReadOnlySpan<ulong> m, ulong t0, ulong t1, bool isFinal)
    {
        Span<Vector256<ulong>> schedule = stackalloc Vector256<ulong>[40];
        Schedule(m[..16], schedule, (int)Math.Min(rounds, 10));
        var iv = InitialVector;
        var state = MemoryMarshal.Cast<ulong, Vector256<ulong>>(h[..8]);
        var a = state[0];
        var b = state[1];
        var c = Vector256.Create(iv[0], iv[1], iv[2], iv[3]);
        var d = Vector256.Create(iv[4] ^ t0, iv[5] ^ t1, isFinal ? ~iv[6] : iv[6], iv[7]);
        ref var first = ref MemoryMarshal.GetReference(schedule);
        nuint row = 0;
        for (; rounds > 0; rounds--)
        {
            a = a + Unsafe.Add(ref first, row) + b;
            d = Turn(d ^ a, 32);
            c += d;
            b = Turn(b ^ c, 24);
            a = a + Unsafe.Add(ref first, row + 1) + b;
            d = Turn(d ^ a, 16);
            c += d;
            b = Turn(b ^ c, 63);
            a = Vector256.Shuffle(a, Vector256.Create(3UL, 0, 1, 2));
            d = Vector256.Shuffle(d, Vector256.Create(2UL, 3, 0, 1));
            c = Vector256.Shuffle(c, Vector256.Create(1UL, 2, 3, 0));
            a = a + Unsafe.Add(ref first, row + 2) + b;
            d = Turn(d ^ a, 32);
            c += d;
            b = Turn(b ^ c, 24);
            a = a + Unsafe.Add(ref first, row + 3) + b;
            d = Turn(d ^ a, 16);
            c += d;
            b = Turn(b ^ c, 63);
            a = Vector256.Shuffle(a, Vector256.Create(1UL, 2, 3, 0));
            d = Vector256.Shuffle(d, Vector256.Create(2UL, 3, 0, 1));
            c = Vector256.Shuffle(c, Vector256.Create(3UL, 0, 1, 2));
            row = row == 36 ? 0 : row + 4;
        }
        state[0] ^= a ^ c;
        state[1] ^= b ^ d;
    }

    /// <summary>The message words of each row of <see cref="Sigma"/>: for the columns x and y, for the diagonals, in the order of b's words, x and y.</summary>
    private static void Schedule(ReadOnlySpan<ulong> m, Span<Vector256<ulong>> schedule, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            var s = Sigma.Slice(row * 16, 16);
            schedule[row * 4] = Vector256.Create(m[s[0]], m[s[2]], m[s[4]], m[s[6]]);
            schedule[(row * 4) + 1] = Vector256.Create(m[s[1]], m[s[3]], m[s[5]], m[s[7]]);
            schedule[(row * 4) + 2] = Vector256.Create(m[s[14]], m[s[8]], m[s[10]], m[s[12]]);
            schedule[(row * 4) + 3] = Vector256.Create(m[s[15]], m[s[9]], m[s[11]], m[s[13]]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn(Vector256<ulong> words, [ConstantExpected] byte bits) => Avx512F.VL.IsSupported
        ? Avx512F.VL.RotateRight(words, bits)
        : (words >>> bits) | (words << (64 - bits));
}
