using System.Text.Json;
using Grid.Evm.Precompiles;
using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>go-ethereum's vectors of the precompiles: outputs and gas; those of files named `fail-` must fail.</summary>
public class PrecompileVectorTests
{
    private sealed record Vector(string Name, string Input, string? Expected, long Gas, string? ExpectedError);

    [Theory]
    [InlineData("ecRecover", 0x01, Fork.Osaka)]
    [InlineData("modexp", 0x05, Fork.Byzantium)]
    [InlineData("modexp_eip2565", 0x05, Fork.Prague)]
    [InlineData("modexp_eip7883", 0x05, Fork.Osaka)]
    [InlineData("bn256Add", 0x06, Fork.Osaka)]
    [InlineData("bn256ScalarMul", 0x07, Fork.Osaka)]
    [InlineData("bn256Pairing", 0x08, Fork.Osaka)]
    [InlineData("blake2F", 0x09, Fork.Osaka)]
    [InlineData("fail-blake2f", 0x09, Fork.Osaka)]
    [InlineData("p256Verify", 0x100, Fork.Osaka)]
    public void Official_vectors(string file, int address, Fork fork)
    {
        using var stream = File.OpenRead(SharedFixtures.Require("geth", "vm-testdata", "precompiles", file + ".json"));
        var vectors = JsonSerializer.Deserialize<Vector[]>(stream)!;
        var precompile = PrecompileTable.Of(fork).Find(Address.FromNumber((ulong)address))!;
        Assert.NotEmpty(vectors);
        foreach (var vector in vectors)
        {
            var input = Convert.FromHexString(vector.Input);
            var output = new byte[precompile.OutputLength(input)];
            var succeeds = precompile.TryRun(input, output, out var length);
            Assert.True(succeeds == (vector.ExpectedError is null), vector.Name);
            if (succeeds)
            {
                Assert.Equal((vector.Name, vector.Expected), (vector.Name, Convert.ToHexStringLower(output.AsSpan(0, length))));
                Assert.Equal((vector.Name, vector.Gas), (vector.Name, precompile.GasCost(input)));
            }
        }
    }
}
