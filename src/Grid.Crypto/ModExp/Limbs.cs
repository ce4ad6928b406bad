using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>Numbers of any length as 64-bit limbs, least significant first, in memory that the caller owns and has made long enough.</summary>
internal static unsafe class Limbs
{
    /// <summary>The limbs of so many bytes.</summary>
    public static int Count(int bytes) => (bytes + 7) / 8;

    /// <summary>Reads all bytes, the last ones first; limbs beyond them become zero.</summary>
    public static void FromBigEndian(ReadOnlySpan<byte> bytes, ulong* limbs, int count)
    {
        var i = 0;
        for (; bytes.Length >= 8 && i < count; i++, bytes = bytes[..^8])
        {
            limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[^8..]);
        }
        for (; i < count; i++, bytes = default)
        {
            ulong limb = 0;
            foreach (var value in bytes)
            {
                limb = (limb << 8) | value;
            }
            limbs[i] = limb;
        }
    }

    /// <summary>Fills the bytes from the right; limbs beyond them must be zero.</summary>
    public static void ToBigEndian(ulong* limbs, int count, Span<byte> bytes)
    {
        for (var i = 0; i < count && !bytes.IsEmpty; i++)
        {
            var limb = limbs[i];
            for (var j = 0; j < 8 && !bytes.IsEmpty; j++, limb >>= 8)
            {
                bytes[^1] = (byte)limb;
                bytes = bytes[..^1];
            }
        }
    }

    public static void Clear(ulong* a, int count) => new Span<ulong>(a, count).Clear();

    public static void Copy(ulong* source, ulong* destination, int count) => new Span<ulong>(source, count).CopyTo(new Span<ulong>(destination, count));

    /// <summary>The count without leading zero limbs.</summary>
    public static int Trim(ulong* a, int count)
    {
        while (count > 0 && a[count - 1] == 0)
        {
            count--;
        }
        return count;
    }

    /// <summary>The zero bits below the lowest one of a number that is not zero.</summary>
    public static int TrailingZeroCount(ulong* a)
    {
        var i = 0;
        while (a[i] == 0)
        {
            i++;
        }
        return (i * 64) + BitOperations.TrailingZeroCount(a[i]);
    }

    /// <summary>Writes a 2^bits, whose limbs are those of a, bits / 64, and one more.</summary>
    public static void ShiftLeft(ulong* a, int count, int bits, ulong* result)
    {
        var (limbs, rest) = (bits / 64, bits % 64);
        Clear(result, limbs);
        ulong below = 0;
        for (var i = 0; i < count; i++)
        {
            result[limbs + i] = (a[i] << rest) | (below >> 1 >> (63 - rest));
            below = a[i];
        }
        result[limbs + count] = below >> 1 >> (63 - rest);
    }

    /// <summary>Writes a / 2^bits in count - bits / 64 limbs; the result may be a itself.</summary>
    public static void ShiftRight(ulong* a, int count, int bits, ulong* result)
    {
        var (limbs, rest) = (bits / 64, bits % 64);
        for (var i = limbs; i < count; i++)
        {
            result[i - limbs] = (a[i] >> rest) | (i + 1 < count ? a[i + 1] << 1 << (63 - rest) : 0);
        }
    }

    /// <summary>Clears what is above the lowest bits of a number of ceil(bits / 64) limbs.</summary>
    public static void Truncate(ulong* a, int bits)
    {
        if (bits % 64 != 0)
        {
            a[bits / 64] &= (1UL << (bits % 64)) - 1;
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

    public static bool IsBelow(ulong* a, ulong* b, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            if (a[i] != b[i])
            {
                return a[i] < b[i];
            }
        }
        return false;
    }

    /// <summary>a += b; returns the carry.</summary>
    public static ulong Add(ulong* a, ulong* b, int count)
    {
        ulong carry = 0;
        for (var i = 0; i < count; i++)
        {
            a[i] = Wide.AddCarry(a[i], b[i], ref carry);
        }
        return carry;
    }

    /// <summary>a -= b; returns the borrow.</summary>
    public static ulong Subtract(ulong* a, ulong* b, int count)
    {
        ulong borrow = 0;
        for (var i = 0; i < count; i++)
        {
            a[i] = Wide.SubtractBorrow(a[i], b[i], ref borrow);
        }
        return borrow;
    }

    /// <summary>a += b factor; returns the limb that is carried out.</summary>
    public static ulong AddProduct(ulong* a, ulong* b, ulong factor, int count)
    {
        ulong carry = 0;
        var i = 0;
        for (; i + 4 <= count; i += 4)
        {
            a[i] = Wide.MultiplyAddCarry(b[i], factor, a[i], ref carry);
            a[i + 1] = Wide.MultiplyAddCarry(b[i + 1], factor, a[i + 1], ref carry);
            a[i + 2] = Wide.MultiplyAddCarry(b[i + 2], factor, a[i + 2], ref carry);
            a[i + 3] = Wide.MultiplyAddCarry(b[i + 3], factor, a[i + 3], ref carry);
        }
        for (; i < count; i++)
        {
            a[i] = Wide.MultiplyAddCarry(b[i], factor, a[i], ref carry);
        }
        return carry;
    }

    /// <summary>a -= b factor; returns the limb that is borrowed.</summary>
    public static ulong SubtractProduct(ulong* a, ulong* b, ulong factor, int count)
    {
        ulong borrow = 0;
        var i = 0;
        for (; i + 4 <= count; i += 4)
        {
            a[i] = Wide.MultiplySubtractBorrow(a[i], b[i], factor, ref borrow);
            a[i + 1] = Wide.MultiplySubtractBorrow(a[i + 1], b[i + 1], factor, ref borrow);
            a[i + 2] = Wide.MultiplySubtractBorrow(a[i + 2], b[i + 2], factor, ref borrow);
            a[i + 3] = Wide.MultiplySubtractBorrow(a[i + 3], b[i + 3], factor, ref borrow);
        }
        for (; i < count; i++)
        {
            a[i] = Wide.MultiplySubtractBorrow(a[i], b[i], factor, ref borrow);
        }
        return borrow;
    }

    /// <summary>
    /// Leaves in a its remainder by m, whose highest limb isn't zero: its lowest limbs, as many as m has (Knuth, TAOCP 2, algorithm 4.3.1 D).
    /// The scratch is as long as m. A has a limb of room above the count.
    /// </summary>
    public static void Remainder(ulong* a, int count, ulong* m, int length, ulong* scratch)
    {
        if (count < length)
        {
            Clear(a + count, length - count);
            return;
        }
        // D1: the divisor's highest bit is set.
        var shift = BitOperations.LeadingZeroCount(m[length - 1]);
        var divisor = scratch;
        for (var i = length - 1; i >= 0; i--)
        {
            divisor[i] = (m[i] << shift) | (i > 0 ? m[i - 1] >> 1 >> (63 - shift) : 0);
        }
        a[count] = 0;
        for (var i = count; shift > 0 && i >= 0; i--)
        {
            a[i] = (a[i] << shift) | (i > 0 ? a[i - 1] >> (64 - shift) : 0);
        }
        var highest = divisor[length - 1];
        var reciprocal = (ulong)(UInt128.MaxValue / highest);
        for (var j = count - length; j >= 0; j--)
        {
            var digit = EstimateDigit(a + j, divisor, length, reciprocal);
            if (a[j + length] < SubtractProduct(a + j, divisor, digit, length))
            {
                // D6: one too many, rarely.
                Add(a + j, divisor, length);
            }
        }
        if (shift > 0)
        {
            ShiftRight(a, length, shift, a);
        }
    }

    /// <summary>D3: the digit from the three highest limbs of the remainder and the two highest of the divisor, or one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EstimateDigit(ulong* a, ulong* divisor, int length, ulong reciprocal)
    {
        ulong u2 = a[length], u1 = a[length - 1], highest = divisor[length - 1];
        ulong digit, rest;
        if (u2 < highest)
        {
            digit = DivideTwoLimbs(u2, u1, highest, reciprocal, out rest);
        }
        else
        {
            // The quotient is 2^64 or more; the largest digit leaves u1 + highest.
            digit = ulong.MaxValue;
            rest = u1 + highest;
            if (rest < highest)
            {
                return digit;
            }
        }
        if (length == 1)
        {
            return digit;
        }
        ulong next = divisor[length - 2], u0 = a[length - 2];
        while (true)
        {
            var high = Wide.MultiplyHigh(digit, next);
            if (high < rest || (high == rest && digit * next <= u0))
            {
                return digit;
            }
            digit--;
            rest += highest;
            if (rest < highest)
            {
                return digit;
            }
        }
    }

    /// <summary>
    /// high:low / divisor for a high below the divisor, whose highest bit is set, with floor((2^128 - 1) / divisor) - 2^64 (Moeller, Granlund,
    /// "Improved division by invariant integers", 2011, algorithm 4).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DivideTwoLimbs(ulong high, ulong low, ulong divisor, ulong reciprocal, out ulong rest)
    {
        ulong fraction = reciprocal * high, quotient = Wide.MultiplyHigh(reciprocal, high) + high + 1;
        fraction += low;
        quotient += fraction < low ? 1UL : 0;
        rest = low - (quotient * divisor);
        if (rest > fraction)
        {
            quotient--;
            rest += divisor;
        }
        if (rest >= divisor)
        {
            quotient++;
            rest -= divisor;
        }
        return quotient;
    }
}
