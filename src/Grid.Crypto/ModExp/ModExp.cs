using System.Buffers;

namespace Grid.Crypto;

/// <summary>base^exponent mod modulus for big-endian numbers of any length: precompile 5 (EIP-198).</summary>
public static unsafe class ModExp
{
    /// <summary>Fills the result, which is as long as the modulus. A modulus of 0 gives 0, and 0^0 is 1, as EIP-198 says.</summary>
    /// <exception cref="ArgumentException">The result's length isn't the modulus's.</exception>
    public static void Compute(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> result) =>
        Compute(@base, exponent, modulus, result, Digits.IsSupported);

    /// <summary>The same, with vectors or without.</summary>
    internal static void Compute(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> result, bool usesVectors)
    {
        if (result.Length != modulus.Length)
        {
            throw new ArgumentException("The result is as long as the modulus.", nameof(result));
        }
        result.Clear();
        @base = @base.TrimStart((byte)0);
        exponent = exponent.TrimStart((byte)0);
        modulus = modulus.TrimStart((byte)0);
        if (modulus.IsEmpty || modulus is [1])
        {
            return;
        }
        if (exponent.IsEmpty)
        {
            result[^1] = 1;
            return;
        }
        if (modulus.Length * 8 <= SmallModulus.BitsMax)
        {
            SmallModulus.Power(@base, exponent, modulus, result);
            return;
        }
        var length = Limbs.Count(modulus.Length);
        var room = Exponentiation.RoomFor(length, Limbs.Count(@base.Length), exponent);
        var rented = ArrayPool<ulong>.Shared.Rent(room);
        fixed (ulong* memory = rented)
        {
            var work = new Exponentiation(@base, exponent, usesVectors, memory, room);
            Limbs.ToBigEndian(work.Power(modulus, length), length, result);
        }
        ArrayPool<ulong>.Shared.Return(rented);
    }
}
