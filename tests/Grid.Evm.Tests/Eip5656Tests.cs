using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>MCOPY: the EIP's cases.</summary>
public class Eip5656Tests
{
    private const string Word = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    [Theory]
    [InlineData("PUSH1 20 PUSH1 20 PUSH1 00", Word)] // non-overlapping, from 32 to 0
    [InlineData("PUSH1 08 PUSH1 21 PUSH1 20", "01020304050607080808090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 32)]
    [InlineData("PUSH1 08 PUSH1 20 PUSH1 21", "0000010203040506070809", 32)]
    public void Moves_bytes(string operands, string expected, int at = 0)
    {
        var scene = new Scene($"PUSH32 {Word} PUSH1 20 MSTORE {operands} MCOPY PUSH1 40 PUSH0 RETURN");
        var expectedBytes = Hex.Decode(expected);
        var actual = scene.Call().Output.Span[at..(at + 9)].ToArray();
        Assert.Equal(expectedBytes[..9], actual);
    }

    [Theory]
    [InlineData("PUSH1 20 PUSH1 20 PUSH1 00", 3 + 3 + 6)] // source beyond: two words of memory
    [InlineData("PUSH1 21 PUSH1 00 PUSH1 00", 3 + 6 + 6)]
    [InlineData("PUSH1 00 PUSH32 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff PUSH1 00", 3)]
    public void Costs(string operands, long gas) => Assert.Equal(gas + 9, new Scene(operands + " MCOPY").GasUsed());
}
