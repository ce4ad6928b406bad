using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Grid.Crypto;

/// <summary>
/// Numbers as digits of 27 bits in words of 64, for products of vectors: a product of digits has 54 bits, so 2^10 of them add up in a word
/// before anything is carried (Gueron, Krasnov, "Software implementation of modular exponentiation, using advanced vector instructions
/// architectures", 2012). An element has a number of digits that is a multiple of four, between words that are zero.
/// </summary>
internal static unsafe class Digits
{
    public const int Bits = 27;
    public const ulong Mask = (1UL << Bits) - 1;

    /// <summary>Zero words before an element's digits, and after them: vectors at any offset from its own read them.</summary>
    public const int Padding = 4;

    /// <summary>Products that a word takes before it has to be carried, less what is there then.</summary>
    public const int ProductsMax = (1 << (64 - (2 * Bits))) - 4;

    /// <summary>Whether the machine multiplies four pairs of 32 bits at once.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>The digits for numbers of so many bits.</summary>
    public static int Count(int bits) => (((bits + Bits - 1) / Bits) + 3) & ~3;

    public static void FromLimbs(ulong* limbs, int count, ulong* digits, int length)
    {
        for (var i = 0; i < length; i++)
        {
            var bit = i * Bits;
            var (limb, shift) = (bit / 64, bit % 64);
            var digit = limb < count ? limbs[limb] >> shift : 0;
            if (shift > 64 - Bits && limb + 1 < count)
            {
                digit |= limbs[limb + 1] << (64 - shift);
            }
            digits[i] = digit & Mask;
        }
    }

    /// <summary>What is above the limbs is dropped.</summary>
    public static void ToLimbs(ulong* digits, int length, ulong* limbs, int count)
    {
        Limbs.Clear(limbs, count);
        for (var i = 0; i < length; i++)
        {
            var bit = i * Bits;
            var (limb, shift) = (bit / 64, bit % 64);
            if (limb < count)
            {
                limbs[limb] |= digits[i] << shift;
            }
            if (shift > 64 - Bits && limb + 1 < count)
            {
                limbs[limb + 1] |= digits[i] >> (64 - shift);
            }
        }
    }

    /// <summary>Carries sums of products on; what leaves the highest digit is dropped.</summary>
    public static void Carry(ulong* sums, ulong* digits, int length)
    {
        ulong carry = 0;
        for (var i = 0; i < length; i++)
        {
            carry += sums[i];
            digits[i] = carry & Mask;
            carry >>= Bits;
        }
    }

    /// <summary>The products of four digits with four words that begin at any address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply(ulong* digits, Vector256<ulong> factor) =>
        Avx2.Multiply(Vector256.Load(digits).AsUInt32(), factor.AsUInt32());
}
