using System.Numerics;
using Grid.Evm;

namespace Grid.Node.Bench.Precompiles;

/// <summary>MODEXP with operands of every shape that is known to be hard for its price, checked against .NET's integers.</summary>
internal static class ModExpCases
{
    private static readonly int[] Sizes = [8, 16, 24, 32, 40, 64, 96, 128, 192, 256, 512, 1_024];

    public static IEnumerable<PrecompileCase> All()
    {
        var random = new Random(198);
        foreach (var size in Sizes)
        {
            foreach (var call in OfSize(random, size))
            {
                yield return call;
            }
        }
        foreach (var call in Lopsided(random))
        {
            yield return call;
        }
    }

    /// <summary>Base and modulus of the same length.</summary>
    private static IEnumerable<PrecompileCase> OfSize(Random random, int size)
    {
        byte[] @base = PrecompileCases.Random(random, size), odd = Odd(random, size);
        // An exponent of one bit costs least beside what it takes to begin; long ones are as long as keeps a run short.
        yield return Case($"{size}/odd_square", @base, [2], odd);
        yield return Case($"{size}/odd_cube", @base, [3], odd);
        yield return Case($"{size}/odd_65537", @base, [1, 0, 1], odd);
        var length = Math.Clamp(16_384 / size, 32, 512);
        yield return Case($"{size}/odd_ones", @base, Ones(length), odd);
        yield return Case($"{size}/odd_random", @base, PrecompileCases.Random(random, length), odd);
        yield return Case($"{size}/odd_power_of_two", @base, [0x80, .. new byte[length - 1]], odd);
        yield return Case($"{size}/base_2", [.. new byte[size - 1], 2], Ones(length), odd);
        yield return Case($"{size}/largest", Ones(size), Ones(length), Ones(size));
        // Both parts of an even modulus are worked on: halves, and almost nothing beside almost all.
        yield return Case($"{size}/even_half", @base, Ones(length), [.. Odd(random, size / 2), .. new byte[size / 2]]);
        yield return Case($"{size}/even_half_square", @base, [2], [.. Odd(random, size / 2), .. new byte[size / 2]]);
        byte[] twiceOdd = [.. odd[..^1], (byte)(odd[^1] ^ 3)];
        yield return Case($"{size}/even_twice_odd", @base, Ones(length), twiceOdd);
        yield return Case($"{size}/even_twice_odd_square", @base, [2], twiceOdd);
        yield return Case($"{size}/even_power_of_two", @base, Ones(length), [0x80, .. new byte[size - 1]]);
    }

    /// <summary>Operands of different lengths.</summary>
    private static IEnumerable<PrecompileCase> Lopsided(Random random)
    {
        byte[] large = PrecompileCases.Random(random, 1_024), odd = Odd(random, 1_024), small = Odd(random, 8);
        yield return Case("1024_by_8/square", large, [2], small);
        yield return Case("1024_by_8/ones", large, Ones(64), small);
        yield return Case("1024_by_1/square", large, [2], [251]);
        yield return Case("1_by_1024/square", [3], [2], odd);
        yield return Case("1_by_1024/ones", [3], Ones(32), odd);
        yield return Case("0_by_1024/65537", [], [1, 0, 1], odd);
        yield return Case("487_by_715/square", PrecompileCases.Random(random, 487), [2], [.. PrecompileCases.Random(random, 714), 2]);
        yield return Case("8/exponent_1024_ones", Odd(random, 8), Ones(1_024), small);
        yield return Case("8/exponent_1024_power_of_two", Odd(random, 8), [0x80, .. new byte[1_023]], small);
        yield return Case("8/exponent_1024_zero", Odd(random, 8), new byte[1_024], small);
        yield return Case("8/exponent_65536_power_of_two", Odd(random, 8), [0x80, .. new byte[65_535]], small);
        yield return Case("16/exponent_1024_ones", PrecompileCases.Random(random, 16), Ones(1_024), Odd(random, 16));
        yield return Case("1/exponent_1024_ones", [3], Ones(1_024), [251]);
        yield return Case("2/exponent_1024_ones", [3, 1], Ones(1_024), [251, 1]);
        yield return Case("1024/modulus_1", large, Ones(64), [.. new byte[1_023], 1]);
        yield return Case("1024/modulus_0", large, Ones(64), new byte[1_024]);
        // EIP-198 asks little for very small operands.
        foreach (var length in new[] { 1, 2, 4, 8 })
        {
            var modulus = Odd(random, length);
            yield return Case($"{length}/eip198_exponent_4096_ones", PrecompileCases.Random(random, length), Ones(4_096), modulus, Fork.Istanbul);
            yield return Case($"{length}/eip198_exponent_4096_power_of_two", PrecompileCases.Random(random, length), [0x80, .. new byte[4_095]], modulus, Fork.Istanbul);
            modulus[^1] ^= 1;
            yield return Case($"{length}/eip198_exponent_4096_even", PrecompileCases.Random(random, length), Ones(4_096), modulus, Fork.Istanbul);
        }
    }

    private static PrecompileCase Case(string name, byte[] @base, byte[] exponent, byte[] modulus, Fork? fork = null)
    {
        var output = new byte[modulus.Length];
        if (Number(modulus) is { IsZero: false } m)
        {
            var power = BigInteger.ModPow(Number(@base), Number(exponent), m).ToByteArray(isUnsigned: true, isBigEndian: true);
            power.CopyTo(output, output.Length - power.Length);
        }
        byte[] header = [.. PrecompileCases.Word(@base.Length), .. PrecompileCases.Word(exponent.Length), .. PrecompileCases.Word(modulus.Length)];
        return new($"modexp/{name}", 0x05, [.. header, .. @base, .. exponent, .. modulus], output, fork);
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Ones(int length)
    {
        var ones = new byte[length];
        ones.AsSpan().Fill(0xFF);
        return ones;
    }

    /// <summary>With its first and last bits set.</summary>
    private static byte[] Odd(Random random, int length)
    {
        var bytes = PrecompileCases.Random(random, length);
        bytes[0] |= 0x80;
        bytes[^1] |= 1;
        return bytes;
    }
}
