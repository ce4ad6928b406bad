using Grid.Evm.Precompiles;
using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>BLS12-381 as contracts call it: the EIP's own test vectors with their gas, and the prices of many points.</summary>
public class Eip2537Tests
{
    private static readonly string[] Lines = ReadVectors();

    private static string[] ReadVectors()
    {
        using var reader = new StreamReader(typeof(Eip2537Tests).Assembly.GetManifestResourceStream("eip2537.txt")!);
        return [.. reader.ReadToEnd().Split('\n').Skip(1)];
    }

    public static TheoryData<int, long, string, int> Vectors()
    {
        var data = new TheoryData<int, long, string, int>();
        for (var i = 0; i + 2 < Lines.Length; i += 3)
        {
            var words = Lines[i].Split(' ');
            data.Add(Convert.ToInt32(words[0], 16), long.Parse(words[1]), words[2], i);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors), DisableDiscoveryEnumeration = true)]
    public void Vectors_of_the_eip(int address, long gas, string name, int line)
    {
        const long GasLimit = 1_000_000;
        var scene = new Scene { Fork = Fork.Prague, Input = Convert.FromHexString(Lines[line + 1]), Gas = GasLimit };
        var result = scene.Call(Address.FromNumber((ulong)address));
        if (Lines[line + 2] == "-")
        {
            Assert.Equal((name, Halt.PrecompileFailure, 0L), (name, result.Halt, result.GasLeft));
            return;
        }
        Assert.Equal((name, Halt.Return, gas), (name, result.Halt, GasLimit - result.GasLeft));
        Assert.Equal(Lines[line + 2], Convert.ToHexStringLower(result.Output.Span));
    }

    [Theory]
    [InlineData(0x0c, 160, 12_000, 1_000, 949, 576, 519)]
    [InlineData(0x0e, 288, 22_500, 1_000, 1_000, 582, 524)]
    public void Sums_get_a_discount(int address, int pairLength, long gas, long one, long two, long sixtyFour, long most)
    {
        var precompile = PrecompileTable.Of(Fork.Prague).Find(Address.FromNumber((ulong)address))!;
        long Cost(int count, int more = 0) => precompile.GasCost(new byte[(count * pairLength) + more]);
        Assert.Equal(0, Cost(0, pairLength - 1));
        Assert.Equal(gas * one / 1_000, Cost(1));
        Assert.Equal(gas * one / 1_000, Cost(1, pairLength - 1));
        Assert.Equal(2 * gas * two / 1_000, Cost(2));
        Assert.Equal(64 * gas * sixtyFour / 1_000, Cost(64));
        Assert.Equal(128 * gas * most / 1_000, Cost(128));
        Assert.Equal(5_000 * gas * most / 1_000, Cost(5_000));
    }

    [Fact]
    public void A_pairing_costs_by_pairs()
    {
        var precompile = PrecompileTable.Of(Fork.Prague).Find(Address.FromNumber(0x0f))!;
        Assert.Equal(37_700, precompile.GasCost(new byte[383]));
        Assert.Equal(37_700 + 32_600, precompile.GasCost(new byte[384]));
        Assert.Equal(37_700 + (3 * 32_600), precompile.GasCost(new byte[(4 * 384) - 1]));
    }

    [Fact]
    public void Before_Prague_nobody_is_there()
    {
        for (ulong address = 0x0b; address <= 0x11; address++)
        {
            Assert.False(PrecompileTable.Of(Fork.Cancun).Contains(Address.FromNumber(address)));
            Assert.True(PrecompileTable.Of(Fork.Prague).Contains(Address.FromNumber(address)));
        }
    }
}
