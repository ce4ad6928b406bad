using System.Numerics;

namespace Grid.Crypto;

/// <summary>
/// One modular power. An even modulus is split into an odd part and a power of two, each part is worked on with what suits it, and the
/// Chinese remainder theorem joins the results.
/// </summary>
internal unsafe ref struct Exponentiation
{
    /// <summary>Above so many limbs products of vectors are faster than those of single limbs.</summary>
    private const int ShortMax = 4;

    private readonly ReadOnlySpan<byte> _base;
    private readonly ReadOnlySpan<byte> _exponent;
    private readonly bool _usesVectors;
    private readonly ulong* _end;
    private ulong* _free;

    /// <param name="base">Without leading zeros, as the exponent is, which isn't empty.</param>
    /// <param name="memory">As many words as <see cref="RoomFor"/> says.</param>
    public Exponentiation(ReadOnlySpan<byte> @base, ReadOnlySpan<byte> exponent, bool usesVectors, ulong* memory, int room)
    {
        _base = @base;
        _exponent = exponent;
        _usesVectors = usesVectors;
        _free = memory;
        _end = memory + room;
    }

    /// <summary>The words that a power takes: for both parts of the modulus the table and a few elements in the longer form, and operands.</summary>
    public static int RoomFor(int modulusLimbs, int baseLimbs, ReadOnlySpan<byte> exponent)
    {
        var element = Digits.Count((modulusLimbs * 64) + 2) + (2 * Digits.Padding);
        var table = SlidingWindow.TableLength(SlidingWindow.BitLength(exponent));
        return (2 * (table + 5) * element) + baseLimbs + (12 * modulusLimbs) + 64;
    }

    /// <summary>The power's limbs, as many as the modulus has.</summary>
    public ulong* Power(ReadOnlySpan<byte> modulusBytes, int length)
    {
        var modulus = Take(length);
        Limbs.FromBigEndian(modulusBytes, modulus, length);
        var zeros = Limbs.TrailingZeroCount(modulus);
        if (zeros == 0)
        {
            return OddPower(modulus, length);
        }
        var binary = BinaryPower(zeros, length);
        var odd = Take(length);
        Limbs.ShiftRight(modulus, length, zeros, odd);
        var oddLength = Limbs.Trim(odd, length - (zeros / 64));
        return oddLength == 1 && odd[0] == 1 ? binary : Join(OddPower(odd, oddLength), odd, oddLength, binary, zeros);
    }

    /// <summary>Zeroed words.</summary>
    private ulong* Take(int count)
    {
        var taken = _free;
        _free += count;
        if (_free > _end)
        {
            throw new InvalidOperationException("A power takes more memory than was foreseen.");
        }
        Limbs.Clear(taken, count);
        return taken;
    }

    private ulong* OddPower(ulong* modulus, int length)
    {
        var plain = ReduceBase(modulus, length);
        if (_exponent is [1])
        {
            return plain;
        }
        if (length > ShortMax && _usesVectors)
        {
            return VectorPower(plain, modulus, length);
        }
        var start = TimesPowerOfTwo(plain, 64 * length, modulus, length);
        return length switch
        {
            1 => Power(new MontgomeryOne(modulus), plain, start),
            2 => Power(new MontgomeryTwo(modulus), plain, start),
            3 => Power(new MontgomeryThree(modulus), plain, start),
            4 => Power(new MontgomeryFour(modulus), plain, start),
            _ => Power(new MontgomeryLoop(modulus, length, Take((2 * length) + 2)), plain, start),
        };
    }

    private ulong* ReduceBase(ulong* modulus, int length)
    {
        var count = Limbs.Count(_base.Length);
        // The remainder needs a limb of room, and as many as the modulus has.
        var number = Take(Math.Max(count + 1, length));
        Limbs.FromBigEndian(_base, number, count);
        Limbs.Remainder(number, count, modulus, length, Take(length));
        return number;
    }

    /// <summary>a 2^bits mod m: with 2^bits = R a in Montgomery's form.</summary>
    private ulong* TimesPowerOfTwo(ulong* a, int bits, ulong* modulus, int length)
    {
        var count = length + (bits / 64) + 1;
        var product = Take(count + 1);
        Limbs.ShiftLeft(a, length, bits, product);
        Limbs.Remainder(product, Limbs.Trim(product, count), modulus, length, Take(length));
        return product;
    }

    private ulong* Power<TRing>(in TRing ring, ulong* plain, ulong* start)
        where TRing : struct, IModularRing
    {
        var table = Take(ring.Length * SlidingWindow.TableLength(SlidingWindow.BitLength(_exponent)));
        Limbs.Copy(start, table, ring.Length);
        var power = Take(ring.Length);
        LeaveWithPower(in ring, table, ring.Length, plain, Take(ring.Length), power);
        return power;
    }

    private ulong* VectorPower(ulong* plain, ulong* modulus, int length)
    {
        var bits = (64 * length) - BitOperations.LeadingZeroCount(modulus[length - 1]);
        var digits = Digits.Count(bits + 2);
        var modulusDigits = TakeElement(digits);
        Digits.FromLimbs(modulus, length, modulusDigits, digits);
        var ring = new MontgomeryVector(modulusDigits, digits, TakeElement(digits));
        var stride = digits + (2 * Digits.Padding);
        var table = Take(stride * SlidingWindow.TableLength(SlidingWindow.BitLength(_exponent))) + Digits.Padding;
        var power = TimesPowerOfTwo(plain, digits * Digits.Bits, modulus, length);
        Digits.FromLimbs(power, length, table, digits);
        var plainDigits = TakeElement(digits);
        Digits.FromLimbs(plain, length, plainDigits, digits);
        var element = TakeElement(digits);
        LeaveWithPower(in ring, table, stride, plainDigits, TakeElement(digits), element);
        // Below 2m, which may take a bit more than the modulus' limbs have.
        Digits.ToLimbs(element, digits, power, length + 1);
        if (power[length] != 0 || !Limbs.IsBelow(power, modulus, length))
        {
            Limbs.Subtract(power, modulus, length);
        }
        return power;
    }

    /// <summary>
    /// Writes the power, no longer in Montgomery's form: a product of one number in it and one that isn't is not. The last factor of an odd
    /// power, and of a square, is the base itself, so that only other powers need a product with one.
    /// </summary>
    private void LeaveWithPower<TRing>(in TRing ring, ulong* table, int stride, ulong* plain, ulong* one, ulong* power)
        where TRing : struct, IModularRing
    {
        if (_exponent is [2])
        {
            Limbs.Copy(table, power, ring.Length);
            ring.Multiply(power, plain);
        }
        else if ((_exponent[^1] & 1) != 0)
        {
            SlidingWindow.Power(in ring, table, stride, _exponent, lowest: 1, power);
            ring.Multiply(power, plain);
        }
        else
        {
            SlidingWindow.Power(in ring, table, stride, _exponent, lowest: 0, power);
            one[0] = 1;
            ring.Multiply(power, one);
        }
    }

    private ulong* TakeElement(int digits) => Take(digits + (2 * Digits.Padding)) + Digits.Padding;

    /// <summary>The power modulo 2^bits; limbs above it are zero.</summary>
    private ulong* BinaryPower(int bits, int length)
    {
        var power = Take(length);
        var limbs = (bits + 63) / 64;
        Limbs.FromBigEndian(_base, power, limbs);
        var isOdd = (power[0] & 1) != 0;
        // 2^bits divides a power of an even base as soon as the exponent is that large; units have an order that divides 2^(bits-2).
        var exponent = _exponent;
        if (isOdd)
        {
            exponent = LowestBits(exponent, bits > 2 ? bits - 2 : bits - 1);
        }
        else if (exponent.Length > 4 || Value(exponent) >= (uint)bits)
        {
            Limbs.Clear(power, limbs);
            return power;
        }
        if (exponent.IsEmpty)
        {
            Limbs.Clear(power, limbs);
            power[0] = 1;
            return power;
        }
        if (limbs == 1)
        {
            BinaryPower(default(TruncatedOne), power, exponent);
        }
        else if (limbs <= ShortMax || !_usesVectors)
        {
            BinaryPower(new TruncatedLoop(limbs, Take(limbs)), power, exponent);
        }
        else
        {
            BinaryVectorPower(power, limbs, exponent);
        }
        Limbs.Truncate(power, bits);
        return power;
    }

    private void BinaryPower<TRing>(in TRing ring, ulong* power, ReadOnlySpan<byte> exponent)
        where TRing : struct, IModularRing
    {
        var table = Take(ring.Length * SlidingWindow.TableLength(SlidingWindow.BitLength(exponent)));
        Limbs.Copy(power, table, ring.Length);
        SlidingWindow.Power(in ring, table, ring.Length, exponent, lowest: 0, power);
    }

    private void BinaryVectorPower(ulong* power, int limbs, ReadOnlySpan<byte> exponent)
    {
        var digits = Digits.Count(64 * limbs);
        var ring = new TruncatedVector(digits, TakeElement(digits));
        var stride = digits + (2 * Digits.Padding);
        var table = Take(stride * SlidingWindow.TableLength(SlidingWindow.BitLength(exponent))) + Digits.Padding;
        Digits.FromLimbs(power, limbs, table, digits);
        var element = TakeElement(digits);
        SlidingWindow.Power(in ring, table, stride, exponent, lowest: 0, element);
        Digits.ToLimbs(element, digits, power, limbs);
    }

    /// <summary>A number modulo 2^bits without leading zero bytes.</summary>
    private ReadOnlySpan<byte> LowestBits(ReadOnlySpan<byte> number, int bits)
    {
        var bytes = (bits + 7) / 8;
        if (number.Length < bytes)
        {
            return number;
        }
        number = number[^bytes..];
        if (bits % 8 != 0)
        {
            var copy = new Span<byte>(Take(Limbs.Count(bytes)), bytes);
            number.CopyTo(copy);
            copy[0] &= (byte)((1 << (bits % 8)) - 1);
            number = copy;
        }
        return number.TrimStart((byte)0);
    }

    private static uint Value(ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        foreach (var digit in bytes)
        {
            value = (value << 8) | digit;
        }
        return value;
    }

    /// <summary>Garner's step: x = a + odd ((b - a) / odd mod 2^bits), where the division is exact in the ring and goes limb by limb.</summary>
    private ulong* Join(ulong* a, ulong* odd, int oddLength, ulong* b, int bits)
    {
        var length = (bits + 63) / 64;
        var reduced = Take(length);
        Limbs.Copy(a, reduced, Math.Min(length, oddLength));
        Limbs.Subtract(b, reduced, length);
        var inverse = Limbs.InvertOdd(odd[0]);
        for (var i = 0; i < length; i++)
        {
            var digit = b[i] * inverse;
            var count = Math.Min(oddLength, length - i);
            var borrow = Limbs.SubtractProduct(b + i, odd, digit, count);
            for (var j = i + count; borrow != 0 && j < length; j++)
            {
                var limb = b[j];
                b[j] = limb - borrow;
                borrow = limb < borrow ? 1UL : 0;
            }
            b[i] = digit;
        }
        Limbs.Truncate(b, bits);
        var joined = Take(oddLength + length);
        Limbs.Copy(a, joined, oddLength);
        for (var i = 0; i < length; i++)
        {
            // Nothing has been carried as far as this row's last limb.
            joined[i + oddLength] = Limbs.AddProduct(joined + i, odd, b[i], oddLength);
        }
        return joined;
    }
}
