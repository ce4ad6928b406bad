using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>Keccak-256 with the original padding (0x01), as Ethereum uses it: https://keccak.team/keccak_specs_summary.html.</summary>
public static class Keccak256
{
    /// <summary>Bytes absorbed per permutation.</summary>
    public const int Rate = 136;

    private static readonly ulong[] RoundConstants = CreateRoundConstants();

    /// <summary>The hash of no bytes: the code hash of an account without code.</summary>
    public static readonly Hash256 OfEmpty = Hash([]);

    /// <summary>The hash of RLP's empty string: the root of an empty trie.</summary>
    public static readonly Hash256 OfEmptyString = Hash([0x80]);

    public static Hash256 Hash(ReadOnlySpan<byte> input)
    {
        Unsafe.SkipInit(out Hash256 hash);
        Hash(input, MemoryMarshal.AsBytes(new Span<Hash256>(ref hash)));
        return hash;
    }

    /// <summary>Writes the 32 bytes of the hash.</summary>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        while (input.Length >= Rate)
        {
            Absorb(state, input[..Rate]);
            Permute(state);
            input = input[Rate..];
        }
        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        input.CopyTo(last);
        last[input.Length] = 0x01;
        last[Rate - 1] |= 0x80;
        Absorb(state, last);
        Permute(state);
        MemoryMarshal.AsBytes(state)[..32].CopyTo(destination);
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++)
        {
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        }
    }

    private static void Permute(Span<ulong> a)
    {
        Span<ulong> b = stackalloc ulong[25];
        Span<ulong> c = stackalloc ulong[5];
        foreach (var constant in RoundConstants)
        {
            for (var x = 0; x < 5; x++)
            {
                c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            }
            for (var i = 0; i < 25; i++)
            {
                a[i] ^= c[((i % 5) + 4) % 5] ^ BitOperations.RotateLeft(c[((i % 5) + 1) % 5], 1);
            }
            int px = 1, py = 0;
            b[0] = a[0];
            for (var t = 0; t < 24; t++)
            {
                var nx = py;
                var ny = ((2 * px) + (3 * py)) % 5;
                b[nx + (5 * ny)] = BitOperations.RotateLeft(a[px + (5 * py)], (t + 1) * (t + 2) / 2 % 64);
                (px, py) = (nx, ny);
            }
            for (var y = 0; y < 25; y += 5)
            {
                for (var x = 0; x < 5; x++)
                {
                    a[y + x] = b[y + x] ^ (~b[y + ((x + 1) % 5)] & b[y + ((x + 2) % 5)]);
                }
            }
            a[0] ^= constant;
        }
    }

    /// <summary>The round constants from their linear feedback shift register.</summary>
    private static ulong[] CreateRoundConstants()
    {
        var constants = new ulong[24];
        var lfsr = 1;
        for (var round = 0; round < 24; round++)
        {
            for (var j = 0; j <= 6; j++)
            {
                if ((lfsr & 1) != 0)
                {
                    constants[round] |= 1UL << ((1 << j) - 1);
                }
                lfsr = (lfsr << 1) ^ ((lfsr >> 7) * 0x171);
            }
        }
        return constants;
    }
}
