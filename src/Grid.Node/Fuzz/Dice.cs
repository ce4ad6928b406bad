using System.Numerics;
using Grid.Primitives;

namespace Grid.Node.Fuzz;

/// <summary>
/// Random choices that depend on a seed and an index only, whatever the runtime: xoshiro256** (Blackman and Vigna, 2018), its state
/// filled by SplitMix64 as its authors advise.
/// </summary>
internal sealed class Dice
{
    private ulong _a, _b, _c, _d;

    public Dice(ulong seed, ulong index)
    {
        // Mixed twice, so that neighbouring seeds and indices have nothing in common.
        var state = seed;
        state = Split(ref state) ^ index;
        _a = Split(ref state);
        _b = Split(ref state);
        _c = Split(ref state);
        _d = Split(ref state);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>From 0 to below the limit.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True once in this many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    public T Pick<T>(T[] items) => items[Below(items.Length)];

    public void Shuffle<T>(T[] items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i += 8)
        {
            var word = Next();
            for (var k = i; k < Math.Min(i + 8, length); k++, word >>= 8)
            {
                bytes[k] = (byte)word;
            }
        }
        return bytes;
    }

    /// <summary>All 256 bits alike.</summary>
    public UInt256 Word() => new(Next(), Next(), Next(), Next());

    private static ulong Split(ref ulong state)
    {
        var z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
