using System.Numerics;

namespace Grid.Crypto;

/// <summary>
/// base^exponent mod modulus for big-endian numbers of any length: precompile 5 (EIP-198). An even modulus is split into an odd
/// part and a power of two, each part is worked on with what suits it, and the Chinese remainder theorem joins the results.
/// </summary>
public static class ModExp
{
    /// <summary>Fills the result, which is as long as the modulus. A modulus of 0 gives 0, and 0^0 is 1, as EIP-198 says.</summary>
    /// <exception cref="ArgumentException">The result's length isn't the modulus's.</exception>
    public static void Compute(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> result)
    {
        if (result.Length != modulus.Length)
        {
            throw new ArgumentException("The result is as long as the modulus.", nameof(result));
        }
        result.Clear();
        modulus = modulus.TrimStart((byte)0);
        exponent = exponent.TrimStart((byte)0);
        if (modulus.IsEmpty || (modulus.Length == 1 && modulus[0] == 1))
        {
            return;
        }
        if (exponent.IsEmpty)
        {
            result[^1] = 1;
            return;
        }
        var limbs = new ulong[(modulus.Length + 7) / 8];
        Limbs.FromBigEndian(modulus, limbs);
        var power = Power(@base.TrimStart((byte)0), exponent, limbs);
        Limbs.ToBigEndian(power, result);
    }

    private static ulong[] Power(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, ulong[] modulus)
    {
        var zeros = Limbs.TrailingZeroCount(modulus);
        if (zeros == 0)
        {
            return OddPower(@base, exponent, modulus);
        }
        var binary = BinaryPower(@base, exponent, zeros);
        var odd = Limbs.ShiftRight(modulus, zeros);
        if (odd is [1])
        {
            return binary;
        }
        return Join(OddPower(@base, exponent, odd), odd, binary, zeros, modulus.Length);
    }

    private static ulong[] OddPower(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, ulong[] modulus)
    {
        // base R mod m; a window's ladder then needs no other conversion.
        var start = (new BigInteger(@base, isUnsigned: true, isBigEndian: true) << (64 * modulus.Length)) % Limbs.ToBigInteger(modulus);
        var montgomery = new MontgomeryProduct(modulus);
        var power = modulus.Length == 1
            ? [montgomery.Power((ulong)start, exponent)]
            : SlidingWindow.Power(in montgomery, Limbs.FromBigInteger(start, modulus.Length), exponent);
        return montgomery.Leave(power);
    }

    /// <summary>The power modulo 2^bits.</summary>
    private static ulong[] BinaryPower(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, int bits)
    {
        var start = new ulong[(bits + 63) / 64];
        Limbs.FromBigEndian(@base[Math.Max(0, @base.Length - (start.Length * 8))..], start);
        var power = SlidingWindow.Power(new TruncatedProduct(), start, exponent);
        Limbs.Truncate(power, bits);
        return power;
    }

    /// <summary>Garner's step: x = a + odd ((b - a) / odd mod 2^bits), where the division is exact in the ring and goes limb by limb.</summary>
    private static ulong[] Join(ulong[] a, ulong[] odd, ulong[] b, int bits, int length)
    {
        var difference = (ulong[])b.Clone();
        Limbs.SubtractTruncated(difference, a);
        var inverse = Limbs.InvertOdd(odd[0]);
        for (var i = 0; i < difference.Length; i++)
        {
            var digit = difference[i] * inverse;
            Limbs.SubtractProduct(difference.AsSpan(i), odd, digit);
            difference[i] = digit;
        }
        Limbs.Truncate(difference, bits);
        var joined = new ulong[odd.Length + difference.Length];
        a.CopyTo(joined, 0);
        for (var i = 0; i < difference.Length; i++)
        {
            Limbs.AddProduct(joined.AsSpan(i), odd, difference[i]);
        }
        return joined[..length];
    }
}
