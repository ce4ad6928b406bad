using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>CALL and its relatives: EIP-7, EIP-140, EIP-150, EIP-211, EIP-214, EIP-2929.</summary>
public class CallTests
{
    private const string ToOther = "PUSH4 c0de0002";

    /// <summary>Calls the other contract, which returns the word 2a, into memory at 0, and returns that.</summary>
    private static Scene WithOther(string code, string other, Fork fork = Fork.Osaka, UInt256 balance = default)
    {
        var scene = new Scene(code, balance) { Fork = fork };
        scene.World.Add(Scene.Other, code: Assembler.Assemble(other), nonce: 1);
        return scene;
    }

    private const string ReturnTop = " PUSH0 MSTORE PUSH1 20 PUSH0 RETURN";

    private static UInt256 Word(ExecutionResult result) => UInt256.FromBigEndian(result.Output.Span);

    [Theory]
    [InlineData("CALL", "c0de0001", "0")]
    [InlineData("CALLCODE", "c0de0001", "0")]
    [InlineData("DELEGATECALL", "a11ce", "0")]
    [InlineData("STATICCALL", "c0de0001", "0")]
    public void Caller_seen_by_the_callee(string opcode, string caller, string value)
    {
        var takesValue = opcode is "CALL" or "CALLCODE";
        var call = $"PUSH1 20 PUSH0 PUSH0 PUSH0 {(takesValue ? "PUSH0" : "")} {ToOther} GAS {opcode} POP PUSH1 20 PUSH0 RETURN";
        Assert.Equal(UInt256.Parse("0x" + caller), Word(WithOther(call, "CALLER" + ReturnTop).Call()));
        Assert.Equal(UInt256.Parse("0x" + value), Word(WithOther(call, "CALLVALUE" + ReturnTop).Call()));
        var self = opcode is "CALL" or "STATICCALL" ? Scene.Other : Scene.Contract;
        Assert.Equal(self.ToWord(), Word(WithOther(call, "ADDRESS" + ReturnTop).Call()));
    }

    [Fact]
    public void Input_and_output_move_between_memories()
    {
        var scene = WithOther(
            $"PUSH1 2a PUSH1 20 MSTORE PUSH1 20 PUSH1 40 PUSH1 20 PUSH1 20 PUSH0 {ToOther} GAS CALL POP PUSH1 20 PUSH1 40 RETURN",
            "PUSH0 CALLDATALOAD PUSH1 01 ADD" + ReturnTop);
        Assert.Equal((UInt256)0x2b, Word(scene.Call()));
    }

    [Fact]
    public void Return_data_outlives_the_call_and_shorter_areas_take_part_of_it()
    {
        // Takes 1 byte of 32; the rest through RETURNDATACOPY at 32.
        var scene = WithOther(
            $"PUSH1 01 PUSH0 PUSH0 PUSH0 {ToOther} GAS STATICCALL POP RETURNDATASIZE PUSH0 PUSH1 20 RETURNDATACOPY PUSH1 40 PUSH0 RETURN",
            "PUSH32 1122000000000000000000000000000000000000000000000000000000000033" + ReturnTop);
        var output = scene.Call().Output;
        Assert.Equal(Hex.Decode("1100000000000000000000000000000000000000000000000000000000000000" + "1122000000000000000000000000000000000000000000000000000000000033"), output.ToArray());
    }

    [Fact]
    public void Revert_restores_exactly_and_keeps_output_and_gas()
    {
        const string Changes = "PUSH1 01 PUSH0 SSTORE PUSH1 02 PUSH0 TSTORE PUSH0 PUSH0 LOG0 PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 PUSH1 77 PUSH2 ffff CALL POP";
        var scene = WithOther($"PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 {ToOther} PUSH3 0fffff CALL POP RETURNDATASIZE" + ReturnTop,
            $"PUSH1 99 PUSH0 MSTORE {Changes} PUSH1 20 PUSH0 REVERT");
        scene.World.WarmAccount(Scene.Other);
        scene.World.TryTouch(Scene.Other);
        scene.World.TryTouch(Scene.Contract);
        var before = scene.World.Dump();
        var result = scene.Call();
        Assert.Equal(Halt.Return, result.Halt);
        Assert.Equal((UInt256)32, Word(result));
        Assert.Equal(before, scene.World.Dump());
        Assert.Equal(0, result.GasRefund);
    }

    [Fact]
    public void A_failed_transaction_restores_everything()
    {
        foreach (var end in new[] { "PUSH0 PUSH0 REVERT", "fe", "JUMPDEST PUSH1 00 JUMP" })
        {
            var scene = new Scene("PUSH1 01 PUSH0 SSTORE PUSH0 PUSH0 LOG0 " + end) { Value = 5 };
            var before = scene.World.Dump();
            var result = scene.Call();
            Assert.False(result.IsSuccess);
            Assert.Equal(before, scene.World.Dump());
            Assert.Equal(result.Halt == Halt.Revert, result.GasLeft > 0);
        }
    }

    [Theory]
    [InlineData("PUSH0 PUSH0 SSTORE")]
    [InlineData("PUSH0 PUSH0 TSTORE")]
    [InlineData("PUSH0 PUSH0 LOG0")]
    [InlineData("PUSH0 PUSH0 PUSH0 CREATE")]
    [InlineData("PUSH0 PUSH0 PUSH0 PUSH0 CREATE2")]
    [InlineData("PUSH0 SELFDESTRUCT")]
    [InlineData("PUSH0 PUSH0 PUSH0 PUSH0 PUSH1 01 PUSH0 GAS CALL")]
    public void Eip214_refuses_changes(string change)
    {
        var direct = new Scene(change, balance: 10) { IsStatic = true };
        Assert.Equal(Halt.StaticViolation, direct.Call().Halt);
        // Through a call below the static one, too.
        var nested = WithOther($"PUSH0 PUSH0 PUSH0 PUSH0 {ToOther} PUSH3 ffffff STATICCALL" + ReturnTop, change);
        Assert.Equal(UInt256.Zero, Word(nested.Call()));
    }

    [Fact]
    public void Eip150_keeps_one_64th()
    {
        var recorder = new Recorder();
        var scene = new Scene($"PUSH0 PUSH0 PUSH0 PUSH0 {ToOther} PUSH0 NOT STATICCALL") { Gas = 100_000, Tracer = recorder };
        scene.World.Add(Scene.Other, code: Assembler.Assemble("JUMPDEST"));
        scene.Call();
        var left = 100_000 - ((4 * 2) + 3 + 2 + 3) - 2_600;
        Assert.Equal(left - (left / 64), recorder.Steps.First(step => step.Depth == 1).Gas);
    }

    [Fact]
    public void Before_Eip150_asking_for_too_much_failed()
    {
        const string Call = "PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH4 c0de0002 PUSH8 ffffffffffffffff CALL";
        Assert.Equal(Halt.OutOfGas, new Scene(Call) { Fork = Fork.Homestead }.Call().Halt);
        Assert.Equal(Halt.Stop, new Scene(Call) { Fork = Fork.TangerineWhistle }.Call().Halt);
    }

    [Theory]
    [InlineData(Fork.Frontier, 40 + 25_000)] // creates the account
    [InlineData(Fork.TangerineWhistle, 700 + 25_000)]
    [InlineData(Fork.SpuriousDragon, 700)] // EIP-161: not without value
    [InlineData(Fork.Berlin, 2_600)] // EIP-2929
    public void Calling_nobody_costs(Fork fork, long gas) => Assert.Equal(
        gas + (7 * 3), new Scene("PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 77 PUSH1 00 CALL") { Fork = fork }.GasUsed());

    [Fact]
    public void Value_costs_and_brings_a_stipend()
    {
        var scene = new Scene("PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 01 PUSH1 77 PUSH1 00 CALL", balance: 10);
        // Cold account, value, new account; the stipend comes back.
        Assert.Equal((7 * 3) + 2_600 + 9_000 + 25_000 - 2_300, scene.GasUsed());
        Assert.Equal((UInt256)1, scene.World.Accounts[Address.FromNumber(0x77)].Balance);
    }

    [Fact]
    public void Without_the_balance_a_call_fails_and_gives_its_gas_back()
    {
        var scene = new Scene("PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 01 PUSH4 c0de0001 PUSH2 ffff CALL" + ReturnTop);
        var result = scene.Call();
        Assert.Equal(UInt256.Zero, Word(result));
        Assert.Equal((7 * 3) + 100 + 9_000 - 2_300 + 2 + 6 + 3 + 2, scene.Gas - result.GasLeft);
    }

    [Theory]
    [InlineData("BALANCE", Fork.Frontier, 20)]
    [InlineData("BALANCE", Fork.TangerineWhistle, 400)]
    [InlineData("BALANCE", Fork.Istanbul, 700)]
    [InlineData("BALANCE", Fork.Berlin, 2_600)]
    [InlineData("EXTCODESIZE", Fork.Frontier, 20)]
    [InlineData("EXTCODESIZE", Fork.TangerineWhistle, 700)]
    [InlineData("EXTCODESIZE", Fork.Osaka, 2_600)]
    [InlineData("EXTCODEHASH", Fork.Constantinople, 400)]
    [InlineData("EXTCODEHASH", Fork.Istanbul, 700)]
    [InlineData("EXTCODEHASH", Fork.Osaka, 2_600)]
    public void Looking_at_an_account_costs(string opcode, Fork fork, long gas)
    {
        Assert.Equal(gas + 3, new Scene($"PUSH1 77 {opcode}") { Fork = fork }.GasUsed());
        if (fork >= Fork.Berlin)
        {
            Assert.Equal(gas + 100 + 2 + 6, new Scene($"PUSH1 77 {opcode} POP PUSH1 77 {opcode}") { Fork = fork }.GasUsed());
            Assert.Equal(100 + 3, new Scene($"PUSH1 02 {opcode}") { Fork = fork }.GasUsed());
        }
    }

    [Fact]
    public void Eip1052_tells_nobody_from_code()
    {
        Assert.Equal(UInt256.Zero, Word(new Scene("PUSH1 77 EXTCODEHASH" + ReturnTop).Call()));
        Assert.Equal(Grid.Crypto.Keccak256.OfEmpty.ToWord(), Word(new Scene("ORIGIN EXTCODEHASH" + ReturnTop).Call()));
        var scene = new Scene("ADDRESS EXTCODEHASH" + ReturnTop);
        Assert.Equal(scene.World.Accounts[Scene.Contract].Code!.Hash.ToWord(), Word(scene.Call()));
    }

    [Fact]
    public void Opcodes_come_with_their_forks()
    {
        foreach (var (opcode, fork) in new[]
        {
            ("DELEGATECALL", Fork.Homestead), ("REVERT", Fork.Byzantium), ("STATICCALL", Fork.Byzantium), ("RETURNDATASIZE", Fork.Byzantium),
            ("SHL", Fork.Constantinople), ("CREATE2", Fork.Constantinople), ("EXTCODEHASH", Fork.Constantinople), ("CHAINID", Fork.Istanbul),
            ("SELFBALANCE", Fork.Istanbul), ("BASEFEE", Fork.London), ("PUSH0", Fork.Shanghai), ("MCOPY", Fork.Cancun), ("TLOAD", Fork.Cancun),
            ("TSTORE", Fork.Cancun), ("BLOBHASH", Fork.Cancun), ("BLOBBASEFEE", Fork.Cancun),
        })
        {
            var operands = string.Concat(Enumerable.Repeat("PUSH1 00 ", 7));
            Assert.Equal(Halt.UndefinedOpcode, new Scene(operands + opcode) { Fork = fork - 1 }.Call().Halt);
            Assert.NotEqual(Halt.UndefinedOpcode, new Scene(operands + opcode) { Fork = fork }.Call().Halt);
        }
    }
}
