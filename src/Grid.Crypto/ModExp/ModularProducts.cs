using System.Numerics;

namespace Grid.Crypto;

/// <summary>A product in some ring of numbers with a fixed number of limbs.</summary>
internal interface IModularProduct
{
    /// <summary>Fills the result, which is neither of the factors.</summary>
    void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result);
}

/// <summary>Products modulo 2^64 to the number of limbs: half of the partial products are never made.</summary>
internal readonly struct TruncatedProduct : IModularProduct
{
    public void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        result.Clear();
        for (var i = 0; i < b.Length; i++)
        {
            if (b[i] != 0)
            {
                Limbs.MultiplyAdd(result[i..], a[..^i], b[i]);
            }
        }
    }
}

/// <summary>Montgomery's product a b / R for an odd modulus m, R = 2^64 to the number of limbs (Koc, Acar, Kaliski 1996).</summary>
internal readonly struct MontgomeryProduct : IModularProduct
{
    private readonly ulong[] _modulus;
    private readonly ulong[] _scratch;

    /// <summary>-1/m mod 2^64.</summary>
    private readonly ulong _factor;

    public MontgomeryProduct(ulong[] modulus)
    {
        _modulus = modulus;
        _scratch = new ulong[(2 * modulus.Length) + 1];
        _factor = 0 - Limbs.InvertOdd(modulus[0]);
    }

    public void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        var n = _modulus.Length;
        var t = _scratch.AsSpan();
        t.Clear();
        for (var i = 0; i < n; i++)
        {
            var carry = Limbs.MultiplyAdd(t[i..], a, b[i]);
            t[i + n] += carry;
            t[i + n + 1] = t[i + n] < carry ? 1UL : 0;
            carry = Limbs.MultiplyAdd(t[i..], _modulus, t[i] * _factor);
            t[i + n] += carry;
            t[i + n + 1] += t[i + n] < carry ? 1UL : 0;
        }
        t.Slice(n, n).CopyTo(result);
        if (t[2 * n] != 0 || !IsBelow(result, _modulus))
        {
            Limbs.SubtractTruncated(result, _modulus);
        }
    }

    /// <summary>From a R to a.</summary>
    public ulong[] Leave(ulong[] a)
    {
        var one = new ulong[a.Length];
        var result = new ulong[a.Length];
        one[0] = 1;
        Multiply(a, one, result);
        return result;
    }

    /// <summary>The whole power for a modulus of one limb: so short a product isn't worth a call.</summary>
    public ulong Power(ulong start, ReadOnlySpan<byte> exponent)
    {
        ulong modulus = _modulus[0], factor = _factor;
        var power = start;
        var bit = BitOperations.Log2(exponent[0]) - 1;
        foreach (var digit in exponent)
        {
            for (; bit >= 0; bit--)
            {
                power = Multiply(power, power, modulus, factor);
                if (((digit >> bit) & 1) != 0)
                {
                    power = Multiply(power, start, modulus, factor);
                }
            }
            bit = 7;
        }
        return power;
    }

    private static ulong Multiply(ulong a, ulong b, ulong modulus, ulong factor)
    {
        var high = Math.BigMul(a, b, out ulong low);
        // low + (low factor mod 2^64) m is 0 modulo 2^64 and carries one unless low is 0.
        var fold = Math.BigMul(low * factor, modulus, out ulong _);
        var sum = (UInt128)high + fold + (low != 0 ? 1UL : 0);
        return sum >= modulus ? (ulong)(sum - modulus) : (ulong)sum;
    }

    private static bool IsBelow(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        for (var i = a.Length - 1; i >= 0; i--)
        {
            if (a[i] != b[i])
            {
                return a[i] < b[i];
            }
        }
        return false;
    }
}

/// <summary>Powers from the highest bit with sliding windows (Handbook of Applied Cryptography, algorithm 14.85).</summary>
internal static class SlidingWindow
{
    /// <summary>The power for an exponent above 0 without leading zero bytes.</summary>
    public static ulong[] Power<TProduct>(in TProduct product, ulong[] start, ReadOnlySpan<byte> exponent)
        where TProduct : struct, IModularProduct
    {
        var bits = ((exponent.Length - 1) * 8) + BitOperations.Log2(exponent[0]) + 1;
        var window = bits switch { < 8 => 1, < 24 => 2, < 80 => 3, < 240 => 4, < 672 => 5, _ => 6 };
        var odd = OddPowers(in product, start, 1 << (window - 1));
        ulong[] power = new ulong[start.Length], next = new ulong[start.Length];
        var started = false;
        for (var i = bits - 1; i >= 0;)
        {
            if (!Bit(exponent, i))
            {
                // The first bit is set, so there is something to square.
                product.Multiply(power, power, next);
                (power, next) = (next, power);
                i--;
                continue;
            }
            var low = Math.Max(0, i - window + 1);
            while (!Bit(exponent, low))
            {
                low++;
            }
            var digit = 0;
            for (; i >= low; i--)
            {
                digit = (digit << 1) | (Bit(exponent, i) ? 1 : 0);
                if (started)
                {
                    product.Multiply(power, power, next);
                    (power, next) = (next, power);
                }
            }
            if (started)
            {
                product.Multiply(power, odd[digit >> 1], next);
                (power, next) = (next, power);
            }
            else
            {
                odd[digit >> 1].CopyTo(power, 0);
                started = true;
            }
        }
        return power;
    }

    private static ulong[][] OddPowers<TProduct>(in TProduct product, ulong[] start, int count)
        where TProduct : struct, IModularProduct
    {
        var powers = new ulong[count][];
        powers[0] = start;
        if (count > 1)
        {
            var square = new ulong[start.Length];
            product.Multiply(start, start, square);
            for (var i = 1; i < count; i++)
            {
                powers[i] = new ulong[start.Length];
                product.Multiply(powers[i - 1], square, powers[i]);
            }
        }
        return powers;
    }

    private static bool Bit(ReadOnlySpan<byte> bigEndian, int index) => ((bigEndian[^((index >> 3) + 1)] >> (index & 7)) & 1) != 0;
}
