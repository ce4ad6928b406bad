using System.Runtime.InteropServices;
using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>
/// The place of a node: the first <see cref="Length"/> nibbles (0 to 64) of every key below it. The nibbles after them are
/// zero, so equal places are equal values, and places sort as a store would iterate them.
/// </summary>
public readonly struct TriePath : IEquatable<TriePath>, IComparable<TriePath>
{
    public const int MaxLength = 64;

    private readonly Hash256 _nibbles;

    public static readonly TriePath Root;

    private TriePath(in Hash256 nibbles, int length)
    {
        _nibbles = nibbles;
        Length = (byte)length;
    }

    /// <summary>The number of nibbles.</summary>
    public byte Length { get; }

    /// <summary>The nibbles packed in bytes, high half first, then zeros.</summary>
    public Hash256 Nibbles => _nibbles;

    public int this[int index] => _nibbles.Nibble(index);

    /// <summary>The first nibbles of a key.</summary>
    public static TriePath Of(in Hash256 key, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)MaxLength, nameof(length));
        var nibbles = key;
        var bytes = MemoryMarshal.AsBytes(new Span<Hash256>(ref nibbles));
        if ((length & 1) != 0)
        {
            bytes[length >> 1] &= 0xf0;
        }
        bytes[((length + 1) >> 1)..].Clear();
        return new TriePath(in nibbles, length);
    }

    /// <summary>This place and one more nibble.</summary>
    public TriePath Append(int nibble)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Length, MaxLength, nameof(nibble));
        var nibbles = _nibbles;
        var bytes = MemoryMarshal.AsBytes(new Span<Hash256>(ref nibbles));
        bytes[Length >> 1] |= (byte)((Length & 1) == 0 ? nibble << 4 : nibble);
        return new TriePath(in nibbles, Length + 1);
    }

    /// <summary>Whether the key lies below this place.</summary>
    public bool Contains(in Hash256 key) => NibblePaths.CommonPrefix(in _nibbles, in key, 0, Length) == Length;

    public bool Equals(TriePath other) => Length == other.Length && _nibbles == other._nibbles;

    public override bool Equals(object? obj) => obj is TriePath other && Equals(other);

    public override int GetHashCode() => _nibbles.GetHashCode() ^ Length;

    public int CompareTo(TriePath other)
    {
        var order = _nibbles.CompareTo(other._nibbles);
        return order != 0 ? order : Length.CompareTo(other.Length);
    }

    public static bool operator ==(TriePath a, TriePath b) => a.Equals(b);
    public static bool operator !=(TriePath a, TriePath b) => !a.Equals(b);
    public static bool operator <(TriePath a, TriePath b) => a.CompareTo(b) < 0;
    public static bool operator >(TriePath a, TriePath b) => a.CompareTo(b) > 0;
    public static bool operator <=(TriePath a, TriePath b) => a.CompareTo(b) <= 0;
    public static bool operator >=(TriePath a, TriePath b) => a.CompareTo(b) >= 0;

    /// <summary>One hexadecimal digit a nibble.</summary>
    public override string ToString() => Convert.ToHexStringLower(_nibbles.Span)[..Length];
}
