using System.Buffers.Binary;
using System.Numerics;

namespace Grid.Crypto;

/// <summary>
/// Powers modulo numbers of at most 16 bits, odd or even. What EIP-198 asks for them is so little that a long exponent has to be shortened:
/// from some power on they repeat with Carmichael's function as the period.
/// </summary>
internal static class SmallModulus
{
    public const int BitsMax = 16;

    /// <summary>Writes the power to the end of the result, which is zero and at least as long as the modulus.</summary>
    public static void Power(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> result)
    {
        var power = Power(@base, exponent, (uint)Remainder(modulus, ulong.MaxValue));
        result[^1] = (byte)power;
        if (result.Length > 1)
        {
            result[^2] = (byte)(power >> 8);
        }
    }

    private static uint Power(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, uint modulus)
    {
        // a^(e + period) = a^e where e is at least the largest exponent in the modulus's factorization, which is at most 15.
        ulong shortened;
        if (exponent.Length < 8)
        {
            shortened = Remainder(exponent, ulong.MaxValue);
        }
        else
        {
            var period = Period(modulus);
            shortened = Remainder(exponent, period) + (BitsMax * period);
        }
        ulong power = 1 % modulus, factor = Remainder(@base, modulus);
        for (var rest = shortened; rest != 0; rest >>= 1)
        {
            power = (rest & 1) != 0 ? power * factor % modulus : power;
            factor = factor * factor % modulus;
        }
        return (uint)power;
    }

    /// <summary>For a modulus of at most 32 bits, or for a number of at most 7 bytes.</summary>
    private static ulong Remainder(ReadOnlySpan<byte> bytes, ulong modulus)
    {
        ulong remainder = 0;
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            remainder = ((remainder << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes)) % modulus;
        }
        foreach (var value in bytes)
        {
            remainder = ((remainder << 8) | value) % modulus;
        }
        return remainder;
    }

    /// <summary>A multiple of the order of every element: lcm of (q-1) q^(k-1) over the prime powers.</summary>
    private static ulong Period(uint modulus)
    {
        ulong period = 1;
        for (uint prime = 2; prime * prime <= modulus; prime++)
        {
            for (ulong order = prime - 1; modulus % prime == 0; order = prime)
            {
                // The first power gives q - 1, each further one a q.
                period = order == prime ? period * prime : LeastCommonMultiple(period, order);
                modulus /= prime;
            }
        }
        return modulus > 1 ? LeastCommonMultiple(period, modulus - 1) : period;
    }

    private static ulong LeastCommonMultiple(ulong a, ulong b) => a / (ulong)BigInteger.GreatestCommonDivisor(a, b) * b;
}
