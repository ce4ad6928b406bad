using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>CLZ: the examples of the EIP.</summary>
public class Eip7939Tests
{
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 256)]
    [InlineData("8000000000000000000000000000000000000000000000000000000000000000", 0)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0)]
    [InlineData("4000000000000000000000000000000000000000000000000000000000000000", 1)]
    [InlineData("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 1)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", 255)]
    public void Counts_leading_zeros(string word, int count)
    {
        var scene = new Scene($"PUSH32 {word} CLZ PUSH0 MSTORE PUSH1 20 PUSH0 RETURN");
        var result = scene.Call();
        Assert.Equal((UInt256)count, UInt256.FromBigEndian(result.Output.Span));
        Assert.Equal(3 + 5 + 2 + 6 + 3 + 2, scene.Gas - result.GasLeft);
    }

    [Fact]
    public void Comes_with_Osaka() =>
        Assert.Equal(Halt.UndefinedOpcode, new Scene("PUSH1 00 CLZ") { Fork = Fork.Prague }.Call().Halt);
}
