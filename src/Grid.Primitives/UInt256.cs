using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Grid.Primitives;

/// <summary>
/// An unsigned 256-bit integer: the EVM's word. Four 64-bit limbs, least significant first, in native byte order; bytes are
/// swapped only where a word enters or leaves (<see cref="FromBigEndian"/>, <see cref="WriteBigEndian"/>). All arithmetic is
/// modulo 2^256 unless a member says otherwise.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly partial struct UInt256 : IEquatable<UInt256>, IComparable<UInt256>, ISpanFormattable
{
    /// <summary>Limbs, least significant first.</summary>
    public readonly ulong U0, U1, U2, U3;

    public static readonly UInt256 Zero;
    public static readonly UInt256 One = new(1);
    public static readonly UInt256 MaxValue = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UInt256(ulong value)
    {
        U0 = value;
        U1 = U2 = U3 = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UInt256(ulong u0, ulong u1, ulong u2, ulong u3)
    {
        U0 = u0;
        U1 = u1;
        U2 = u2;
        U3 = u3;
    }

    public bool IsZero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (U0 | U1 | U2 | U3) == 0;
    }

    /// <summary>Whether the value fits 64 bits.</summary>
    public bool FitsUInt64
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (U1 | U2 | U3) == 0;
    }

    /// <summary>The sign bit of the two's complement reading.</summary>
    public bool IsNegative => (long)U3 < 0;

    /// <summary>The number of bits up to the highest one that is set: 0 for zero, at most 256.</summary>
    public int BitLength => 256 - LeadingZeroCount(this);

    /// <summary>The number of bytes without leading zeros: 0 for zero, at most 32.</summary>
    public int ByteLength => (BitLength + 7) >> 3;

    private ref readonly Vector256<ulong> Vector
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.As<UInt256, Vector256<ulong>>(ref Unsafe.AsRef(in this));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equals(in UInt256 a, in UInt256 b) =>
        ((a.U0 ^ b.U0) | (a.U1 ^ b.U1) | (a.U2 ^ b.U2) | (a.U3 ^ b.U3)) == 0;

    public bool Equals(UInt256 other) => Equals(in this, in other);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is UInt256 other && Equals(in this, in other);

    /// <summary>Mixes all limbs; seeded nowhere, so equal in every process.</summary>
    public override int GetHashCode()
    {
        ulong h = (U0 * 0x9E3779B97F4A7C15UL) ^ BitOperations.RotateLeft(U1 * 0xC2B2AE3D27D4EB4FUL, 17) ^ BitOperations.RotateLeft(U2 * 0x165667B19E3779F9UL, 31) ^ (U3 * 0xD6E8FEB86659FD93UL);
        h ^= h >> 32;
        return (int)(h * 0x9E3779B97F4A7C15UL >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LessThan(in UInt256 a, in UInt256 b)
    {
        if (a.U3 != b.U3)
        {
            return a.U3 < b.U3;
        }
        if (a.U2 != b.U2)
        {
            return a.U2 < b.U2;
        }
        return a.U1 != b.U1 ? a.U1 < b.U1 : a.U0 < b.U0;
    }

    /// <summary>Less-than of the two's complement readings (SLT).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedLessThan(in UInt256 a, in UInt256 b) =>
        a.U3 != b.U3 ? (long)a.U3 < (long)b.U3 : LessThan(in a, in b);

    public int CompareTo(UInt256 other) => LessThan(in this, in other) ? -1 : Equals(in this, in other) ? 0 : 1;

    public static bool operator ==(in UInt256 a, in UInt256 b) => Equals(in a, in b);
    public static bool operator !=(in UInt256 a, in UInt256 b) => !Equals(in a, in b);
    public static bool operator <(in UInt256 a, in UInt256 b) => LessThan(in a, in b);
    public static bool operator >(in UInt256 a, in UInt256 b) => LessThan(in b, in a);
    public static bool operator <=(in UInt256 a, in UInt256 b) => !LessThan(in b, in a);
    public static bool operator >=(in UInt256 a, in UInt256 b) => !LessThan(in a, in b);

    public static implicit operator UInt256(ulong value) => new(value);
    public static implicit operator UInt256(uint value) => new(value);

    /// <exception cref="OverflowException">The value is negative.</exception>
    public static implicit operator UInt256(int value) => new(checked((ulong)value));

    /// <exception cref="OverflowException">The value doesn't fit 64 bits.</exception>
    public static explicit operator ulong(in UInt256 value) =>
        value.FitsUInt64 ? value.U0 : throw new OverflowException("The value does not fit 64 bits.");

    public static implicit operator UInt256(UInt128 value) => new((ulong)value, (ulong)(value >> 64), 0, 0);

    /// <exception cref="OverflowException">The value is negative or wider than 256 bits.</exception>
    public static explicit operator UInt256(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[32];
        if (value.Sign < 0 || value.GetByteCount(isUnsigned: true) > 32)
        {
            throw new OverflowException("The value does not fit 256 unsigned bits.");
        }
        bytes.Clear();
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return MemoryMarshal.Read<UInt256>(bytes);
    }

    public static implicit operator BigInteger(in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[32];
        MemoryMarshal.Write(bytes, in value);
        return new BigInteger(bytes, isUnsigned: true);
    }

    /// <summary>The lowest 64 bits.</summary>
    public ulong LowUInt64 => U0;

    /// <summary>The value, or <paramref name="limit"/> where the value is larger.</summary>
    public ulong SaturateUInt64(ulong limit = ulong.MaxValue) => FitsUInt64 && U0 <= limit ? U0 : limit;
}
