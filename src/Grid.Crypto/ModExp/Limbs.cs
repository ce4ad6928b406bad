using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>Numbers of any length as 64-bit limbs, least significant first.</summary>
internal static class Limbs
{
    /// <summary>Reads bytes that fit; limbs beyond them become zero.</summary>
    public static void FromBigEndian(ReadOnlySpan<byte> bytes, Span<ulong> limbs)
    {
        Span<byte> first = stackalloc byte[8];
        for (var i = 0; i < limbs.Length; i++)
        {
            var end = bytes.Length - (i * 8);
            if (end >= 8)
            {
                limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[(end - 8)..]);
                continue;
            }
            first.Clear();
            bytes[..Math.Max(end, 0)].CopyTo(first[(8 - Math.Max(end, 0))..]);
            limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(first);
        }
    }

    /// <summary>Fills the bytes from the right; limbs beyond them must be zero.</summary>
    public static void ToBigEndian(ReadOnlySpan<ulong> limbs, Span<byte> bytes)
    {
        Span<byte> limb = stackalloc byte[8];
        for (var i = 0; i < limbs.Length && i * 8 < bytes.Length; i++)
        {
            var end = bytes.Length - (i * 8);
            BinaryPrimitives.WriteUInt64BigEndian(limb, limbs[i]);
            limb[Math.Max(0, 8 - end)..].CopyTo(bytes[Math.Max(0, end - 8)..]);
        }
    }

    public static BigInteger ToBigInteger(ReadOnlySpan<ulong> limbs) => new(MemoryMarshal.AsBytes(limbs), isUnsigned: true);

    public static ulong[] FromBigInteger(BigInteger value, int length)
    {
        var limbs = new ulong[length];
        value.TryWriteBytes(MemoryMarshal.AsBytes(limbs.AsSpan()), out _, isUnsigned: true);
        return limbs;
    }

    /// <summary>The zero bits below the lowest one of a number that is not zero.</summary>
    public static int TrailingZeroCount(ReadOnlySpan<ulong> limbs)
    {
        var i = limbs.IndexOfAnyExcept(0UL);
        return (i * 64) + BitOperations.TrailingZeroCount(limbs[i]);
    }

    /// <summary>The number without its lowest bits, in as few limbs as it needs.</summary>
    public static ulong[] ShiftRight(ReadOnlySpan<ulong> limbs, int count)
    {
        limbs = limbs[(count / 64)..];
        var bits = count % 64;
        var shifted = new ulong[limbs.Length];
        for (var i = 0; i < limbs.Length; i++)
        {
            shifted[i] = (limbs[i] >> bits) | (i + 1 < limbs.Length ? limbs[i + 1] << 1 << (63 - bits) : 0);
        }
        return shifted.AsSpan().TrimEnd(0UL).ToArray();
    }

    /// <summary>Clears what is above the lowest bits of a number of ceil(bits / 64) limbs.</summary>
    public static void Truncate(Span<ulong> limbs, int bits)
    {
        if (bits % 64 != 0)
        {
            limbs[^1] &= (1UL << (bits % 64)) - 1;
        }
    }

    /// <summary>1 / a mod 2^64 for an odd a, by Newton's iteration: 5, 10, 20, 40, 80 right bits.</summary>
    public static ulong InvertOdd(ulong a)
    {
        var inverse = (a * 3) ^ 2;
        for (var i = 0; i < 4; i++)
        {
            inverse *= 2 - (a * inverse);
        }
        return inverse;
    }

    /// <summary>a -= b, modulo 2^64 to the length of a.</summary>
    public static void SubtractTruncated(Span<ulong> a, ReadOnlySpan<ulong> b)
    {
        ulong borrow = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = (UInt128)a[i] - (i < b.Length ? b[i] : 0) - borrow;
            a[i] = (ulong)difference;
            borrow = (ulong)(difference >> 64) & 1;
        }
    }

    /// <summary>a -= b factor, modulo 2^64 to the length of a.</summary>
    public static void SubtractProduct(Span<ulong> a, ReadOnlySpan<ulong> b, ulong factor)
    {
        ulong carry = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var product = Math.BigMul(i < b.Length ? b[i] : 0, factor) + carry;
            carry = (ulong)(product >> 64) + (a[i] < (ulong)product ? 1UL : 0);
            a[i] -= (ulong)product;
        }
    }

    /// <summary>a += b factor, where a is longer than b and its limb after b's last takes the carry.</summary>
    public static void AddProduct(Span<ulong> a, ReadOnlySpan<ulong> b, ulong factor)
    {
        var carry = MultiplyAdd(a, b, factor);
        for (var i = b.Length; carry != 0 && i < a.Length; i++)
        {
            a[i] += carry;
            carry = a[i] < carry ? 1UL : 0;
        }
    }

    /// <summary>a += b factor over the limbs of b; returns the limb that is carried out.</summary>
    public static ulong MultiplyAdd(Span<ulong> a, ReadOnlySpan<ulong> b, ulong factor)
    {
        ref var x = ref MemoryMarshal.GetReference(a[..b.Length]);
        ulong carry = 0;
        for (var i = 0; i < b.Length; i++)
        {
            ref var target = ref Unsafe.Add(ref x, i);
            target = Wide.MultiplyAddCarry(b[i], factor, target, ref carry);
        }
        return carry;
    }
}
