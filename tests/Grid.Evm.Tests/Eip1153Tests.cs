using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>Transient storage.</summary>
public class Eip1153Tests
{
    [Fact]
    public void Keeps_a_word_for_a_hundred_gas()
    {
        var scene = new Scene("PUSH1 2a PUSH1 07 TSTORE PUSH1 07 TLOAD PUSH0 MSTORE PUSH1 20 PUSH0 RETURN");
        var result = scene.Call();
        Assert.Equal((UInt256)0x2a, UInt256.FromBigEndian(result.Output.Span));
        Assert.Equal(3 + 3 + 100 + 3 + 100 + 2 + 6 + 3 + 2, scene.Gas - result.GasLeft);
    }

    [Fact]
    public void Is_reverted_with_its_frame()
    {
        var scene = new Scene("PUSH1 2a PUSH0 TSTORE PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 GAS DELEGATECALL POP PUSH0 TLOAD PUSH0 MSTORE PUSH1 20 PUSH0 RETURN");
        scene.World.Add(Scene.Other, code: Assembler.Assemble("PUSH1 2b PUSH0 TSTORE PUSH0 PUSH0 REVERT"));
        Assert.Equal(0x2a, scene.Call().Output.Span[31]);
    }
}
