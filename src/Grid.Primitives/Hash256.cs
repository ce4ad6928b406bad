using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Grid.Primitives;

/// <summary>32 bytes in the order in which they are written: a hash, or another 32-byte value of the protocol.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Hash256 : IEquatable<Hash256>, IComparable<Hash256>
{
    public const int Length = 32;

    private readonly ulong _a, _b, _c, _d;

    public static readonly Hash256 Zero;

    /// <exception cref="ArgumentException">The span isn't 32 bytes long.</exception>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A hash has 32 bytes, not {bytes.Length}.", nameof(bytes));
        }
        this = MemoryMarshal.Read<Hash256>(bytes);
    }

    /// <summary>The big-endian bytes of a word.</summary>
    public static Hash256 FromWord(in UInt256 word)
    {
        Unsafe.SkipInit(out Hash256 hash);
        word.WriteBigEndian32(ref Unsafe.As<Hash256, byte>(ref hash));
        return hash;
    }

    public UInt256 ToWord() => UInt256.FromBigEndian32(ref Unsafe.As<Hash256, byte>(ref Unsafe.AsRef(in this)));

    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The bytes in place: valid as long as the variable that holds this hash.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<Hash256>(in this));

    /// <summary>Nibble 0 to 63, the high half of the first byte first: a step of a trie path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Nibble(int index)
    {
        var value = Unsafe.Add(ref Unsafe.As<Hash256, byte>(ref Unsafe.AsRef(in this)), index >> 1);
        return (index & 1) == 0 ? value >> 4 : value & 15;
    }

    public byte[] ToArray() => Span.ToArray();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(in Hash256 other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    bool IEquatable<Hash256>.Equals(Hash256 other) => Equals(in other);

    public override bool Equals(object? obj) => obj is Hash256 other && Equals(in other);

    /// <summary>Mixes all bytes: not every 32-byte value is a hash.</summary>
    public override int GetHashCode()
    {
        var h = _a ^ (_b * 0x9E3779B97F4A7C15UL) ^ (_c * 0xC2B2AE3D27D4EB4FUL) ^ (_d * 0x165667B19E3779F9UL);
        h ^= h >> 32;
        return (int)(h * 0x9E3779B97F4A7C15UL >> 32);
    }

    public int CompareTo(Hash256 other) => Span.SequenceCompareTo(other.Span);

    public static bool operator ==(in Hash256 a, in Hash256 b) => a.Equals(in b);
    public static bool operator !=(in Hash256 a, in Hash256 b) => !a.Equals(in b);
    public static bool operator <(in Hash256 a, in Hash256 b) => a.CompareTo(b) < 0;
    public static bool operator >(in Hash256 a, in Hash256 b) => a.CompareTo(b) > 0;
    public static bool operator <=(in Hash256 a, in Hash256 b) => a.CompareTo(b) <= 0;
    public static bool operator >=(in Hash256 a, in Hash256 b) => a.CompareTo(b) >= 0;

    /// <summary>Parses 64 hexadecimal digits with or without `0x`, in any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hash256 hash)
    {
        Unsafe.SkipInit(out hash);
        var ok = Hex.TryDecode(text, MemoryMarshal.AsBytes(new Span<Hash256>(ref hash)));
        if (!ok)
        {
            hash = default;
        }
        return ok;
    }

    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static Hash256 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException($"Not a 32-byte value: '{text[..Math.Min(text.Length, 70)]}'.");

    /// <summary>`0x` and 64 lower-case digits.</summary>
    public override string ToString() => Hex.Encode(Span);
}
