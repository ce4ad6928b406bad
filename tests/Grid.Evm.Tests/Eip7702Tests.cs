using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>Delegations: the code of an account is the address of another's.</summary>
public class Eip7702Tests
{
    private static readonly Address Delegated = Address.FromNumber(0xde1e);

    private static Scene Make(string code, string target, Fork fork = Fork.Osaka)
    {
        var scene = new Scene(code) { Fork = fork };
        scene.World.Add(Scene.Other, code: Assembler.Assemble(target), nonce: 1);
        scene.World.Add(Delegated, code: Delegation.Encode(Scene.Other), nonce: 1);
        return scene;
    }

    private const string Call = "PUSH1 20 PUSH0 PUSH0 PUSH0 PUSH0 PUSH2 de1e GAS CALL";

    [Fact]
    public void Runs_the_targets_code_in_the_account()
    {
        var result = Make(Call + " POP PUSH1 20 PUSH0 RETURN", "ADDRESS PUSH0 MSTORE PUSH1 20 PUSH0 RETURN").Call();
        Assert.Equal(Delegated.ToWord(), UInt256.FromBigEndian(result.Output.Span));
    }

    [Fact]
    public void The_target_is_a_second_account_to_pay_for()
    {
        var scene = Make(Call, "STOP");
        Assert.Equal(3 + (4 * 2) + 3 + 2 + 3 + 2_600 + 2_600, scene.GasUsed());
        Assert.True(scene.World.IsWarmAccount(Scene.Other));
        var warm = Make(Call, "STOP");
        warm.World.WarmAccount(Scene.Other);
        warm.World.WarmAccount(Delegated);
        Assert.Equal(3 + (4 * 2) + 3 + 2 + 3 + 100 + 100, warm.GasUsed());
    }

    [Fact]
    public void A_transaction_pays_nothing_for_it()
    {
        var scene = Make("", "PUSH1 01");
        var result = scene.Call(Delegated);
        Assert.Equal(3, scene.Gas - result.GasLeft);
        Assert.True(scene.World.IsWarmAccount(Scene.Other));
    }

    [Fact]
    public void Code_opcodes_see_the_designator()
    {
        var scene = Make("PUSH2 de1e EXTCODESIZE PUSH0 MSTORE PUSH1 17 PUSH0 PUSH1 20 PUSH2 de1e EXTCODECOPY PUSH1 37 PUSH0 RETURN", "STOP");
        var output = scene.Call().Output.Span;
        Assert.Equal(23, output[31]);
        Assert.Equal(Delegation.Encode(Scene.Other), output[32..].ToArray());
    }

    [Fact]
    public void Is_not_followed_twice_and_does_not_reach_precompiles()
    {
        var chain = Make(Call + " PUSH0 MSTORE PUSH1 20 PUSH0 RETURN", "STOP");
        chain.World.Add(Scene.Other, code: Delegation.Encode(Delegated));
        Assert.Equal(0, chain.Call().Output.Span[31]);

        var identity = Make(Call + " RETURNDATASIZE PUSH0 MSTORE PUSH1 20 PUSH0 RETURN", "STOP");
        identity.World.Add(Delegated, code: Delegation.Encode(Address.FromNumber(1)));
        var result = identity.Call();
        Assert.Equal(Halt.Return, result.Halt);
        Assert.Equal(0, result.Output.Span[31]);
    }

    [Fact]
    public void Before_Prague_a_designator_is_an_invalid_code() =>
        Assert.Equal(Halt.UndefinedOpcode, Make("", "STOP", Fork.Cancun).Call(Delegated).Halt);
}
