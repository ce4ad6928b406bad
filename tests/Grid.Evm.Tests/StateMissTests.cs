using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>State that isn't at hand ends the transaction, wherever it is asked for, with the world as it was.</summary>
public class StateMissTests
{
    [Theory]
    [InlineData("PUSH4 c0de0002 BALANCE")]
    [InlineData("PUSH4 c0de0002 EXTCODESIZE")]
    [InlineData("PUSH4 c0de0002 EXTCODEHASH")]
    [InlineData("PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 EXTCODECOPY")]
    [InlineData("PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 GAS CALL")]
    [InlineData("PUSH0 PUSH0 PUSH0 PUSH0 PUSH1 01 PUSH4 c0de0002 GAS CALL")]
    [InlineData("PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 GAS STATICCALL")]
    [InlineData("PUSH4 c0de0002 SELFDESTRUCT")]
    public void Ends_the_transaction(string code)
    {
        var scene = new Scene("PUSH1 01 PUSH0 SSTORE PUSH0 PUSH0 LOG0 " + code, balance: 5);
        scene.World.Missing.Add(Scene.Other);
        var before = scene.World.Dump();
        var result = scene.Call();
        Assert.Equal((Halt.StateMiss, 0L, 0L, 0), (result.Halt, result.GasLeft, result.GasRefund, result.Output.Length));
        Assert.Equal(before, scene.World.Dump());
    }

    [Theory]
    [InlineData("PUSH0 SLOAD")]
    [InlineData("PUSH1 01 PUSH0 SSTORE")]
    [InlineData("SELFBALANCE")]
    [InlineData("PUSH0 PUSH0 PUSH0 CREATE")]
    public void Deep_inside_too(string code)
    {
        // The account goes missing while its code runs, in a call three frames deep.
        var scene = new Scene("PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 GAS CALL");
        scene.World.Add(Scene.Other, code: Assembler.Assemble("PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0003 GAS DELEGATECALL"));
        scene.World.Add(Address.FromNumber(0xc0de0003), code: Assembler.Assemble(code));
        scene.World.MissingOnceRead.Add(Address.FromNumber(0xc0de0003), Scene.Other);
        Assert.Equal(Halt.StateMiss, scene.Call().Halt);
    }

    [Fact]
    public void The_recipient_may_be_missing()
    {
        var scene = new Scene("STOP");
        scene.World.Missing.Add(Scene.Contract);
        Assert.Equal(Halt.StateMiss, scene.Call().Halt);
        scene.World.Missing.Clear();
        Assert.Equal(Halt.Stop, scene.Call().Halt);
    }

    [Fact]
    public void A_new_contracts_address_may_be_missing()
    {
        var scene = new Scene();
        scene.World.Missing.Add(ContractAddress.FromNonce(Scene.Sender, 0));
        Assert.Equal(Halt.StateMiss, scene.Create([]).Halt);
    }
}
