using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Grid.Primitives;

/// <summary>The 20 bytes that name an account.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct Address : IEquatable<Address>, IComparable<Address>
{
    public const int Length = 20;

    private readonly ulong _a, _b;
    private readonly uint _c;

    public static readonly Address Zero;

    /// <exception cref="ArgumentException">The span isn't 20 bytes long.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"An address has 20 bytes, not {bytes.Length}.", nameof(bytes));
        }
        this = MemoryMarshal.Read<Address>(bytes);
    }

    /// <summary>The low 20 bytes of a word, as the EVM reads an address from the stack.</summary>
    public static Address FromWord(in UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[32];
        word.WriteBigEndian(bytes);
        return MemoryMarshal.Read<Address>(bytes[12..]);
    }

    /// <summary>The address with this small number, as precompiles have.</summary>
    public static Address FromNumber(ulong number) => FromWord(new UInt256(number));

    public UInt256 ToWord() => UInt256.FromBigEndian(Span);

    public bool IsZero => (_a | _b | _c) == 0;

    /// <summary>The bytes in place: valid as long as the variable that holds this address.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(new ReadOnlySpan<Address>(in this));

    public byte[] ToArray() => Span.ToArray();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(in Address other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c)) == 0;

    bool IEquatable<Address>.Equals(Address other) => Equals(in other);

    public override bool Equals(object? obj) => obj is Address other && Equals(in other);

    /// <summary>Mixes all bytes: contract and test addresses differ in few of them.</summary>
    public override int GetHashCode()
    {
        var h = (_a * 0x9E3779B97F4A7C15UL) ^ (_b * 0xC2B2AE3D27D4EB4FUL) ^ (_c * 0x165667B19E3779F9UL);
        h ^= h >> 32;
        return (int)(h * 0x9E3779B97F4A7C15UL >> 32);
    }

    public int CompareTo(Address other) => Span.SequenceCompareTo(other.Span);

    public static bool operator ==(in Address a, in Address b) => a.Equals(in b);
    public static bool operator !=(in Address a, in Address b) => !a.Equals(in b);
    public static bool operator <(in Address a, in Address b) => a.CompareTo(b) < 0;
    public static bool operator >(in Address a, in Address b) => a.CompareTo(b) > 0;
    public static bool operator <=(in Address a, in Address b) => a.CompareTo(b) <= 0;
    public static bool operator >=(in Address a, in Address b) => a.CompareTo(b) >= 0;

    /// <summary>Parses 40 hexadecimal digits with or without `0x`, in any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        Unsafe.SkipInit(out address);
        var span = MemoryMarshal.AsBytes(new Span<Address>(ref address));
        var ok = Hex.TryDecode(text, span);
        if (!ok)
        {
            address = default;
        }
        return ok;
    }

    /// <exception cref="FormatException">Not 40 hexadecimal digits.</exception>
    public static Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"Not an address: '{text[..Math.Min(text.Length, 50)]}'.");

    /// <summary>`0x` and 40 lower-case digits.</summary>
    public override string ToString() => Hex.Encode(Span);
}
