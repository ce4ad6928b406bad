using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>
/// Every opcode's handler must jump to the next one, not call it: otherwise a loop takes the thread's stack. Each opcode runs often on a
/// thread whose stack would not bear it.
/// </summary>
public class HandlerTests
{
    private const int StackBytes = 256 * 1_024;

    public static TheoryData<string> Opcodes =>
        [.. OpcodeTable.Of(Fork.Osaka).Rows.Where(row => row.Name != "UNDEFINED").Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Opcodes))]
    public void Takes_no_stack(string name)
    {
        var row = OpcodeTable.Of(Fork.Osaka).Rows.Single(row => row.Name == name);
        if (name is "STOP" or "RETURN" or "REVERT" or "INVALID" or "SELFDESTRUCT" or "JUMP" or "JUMPI" or "JUMPDEST")
        {
            // They end a frame, or are in every loop below.
            Assert.True(row.EndsBlock || row.Role == OpcodeRole.JumpDestination);
            return;
        }
        // 40,000 rounds, so that even 16 bytes a round are too much; operands are small numbers; the loop's counter is in memory, out of the way.
        var operands = string.Concat(Enumerable.Range(0, row.Inputs).Select(_ => "PUSH1 40 "));
        var data = row.Role == OpcodeRole.Immediate ? new string('0', (int)row.Operand * 2) : "";
        var pops = string.Concat(Enumerable.Repeat("POP ", row.Outputs));
        var loop = $"JUMPDEST {operands} {name} {data} {pops} PUSH2 0400 MLOAD PUSH1 01 ADD DUP1 PUSH2 0400 MSTORE PUSH2 9c40 GT PUSH0 JUMPI";
        var scene = new Scene(loop) { Gas = 1L << 40 };
        if (name == "RETURNDATACOPY")
        {
            scene = new Scene(loop.Replace("PUSH1 40", "PUSH1 00", StringComparison.Ordinal)) { Gas = 1L << 40 };
        }
        var halt = Halt.None;
        var thread = new Thread(() => halt = scene.Call().Halt, StackBytes);
        thread.Start();
        thread.Join();
        Assert.Equal(Halt.Stop, halt);
    }

    [Fact]
    public void Jumps_that_are_fused_with_what_precedes_them_take_no_stack()
    {
        var scene = new Scene(
            "JUMPDEST PUSH1 07 JUMP fe fe fe JUMPDEST PUSH2 0400 MLOAD PUSH1 01 ADD DUP1 PUSH2 0400 MSTORE PUSH2 9c40 GT ISZERO ISZERO PUSH0 JUMPI "
            + "PUSH2 0400 MLOAD PUSH2 ea60 GT ISZERO ISZERO ISZERO PUSH1 2c JUMPI PUSH0 JUMP JUMPDEST")
        {
            Gas = 1L << 40,
        };
        var halt = Halt.None;
        var thread = new Thread(() => halt = scene.Call().Halt, StackBytes);
        thread.Start();
        thread.Join();
        Assert.Equal(Halt.Stop, halt);
    }

    [Fact]
    public void Calls_nest_1024_deep_on_a_small_stack()
    {
        // Counts its calls in slot 0 and calls itself.
        var scene = new Scene("PUSH0 SLOAD PUSH1 01 ADD PUSH0 SSTORE PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 ADDRESS GAS CALL PUSH0 MSTORE PUSH1 20 PUSH0 RETURN")
        {
            Gas = 1L << 50,
        };
        var halt = Halt.None;
        var thread = new Thread(() => halt = scene.Call().Halt, StackBytes);
        thread.Start();
        thread.Join();
        Assert.Equal(Halt.Return, halt);
        Assert.Equal((UInt256)1_025, scene.World.Accounts[Scene.Contract].Storage[0]);
    }

    [Fact]
    public void Frames_that_fail_for_the_stipend_take_no_stack()
    {
        // 40,000 calls, with 2,304 units of gas each, of a contract whose SSTORE wants more than 2,300 left.
        var scene = new Scene(
            "JUMPDEST PUSH0 PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 PUSH2 0900 CALL POP"
            + " PUSH2 0400 MLOAD PUSH1 01 ADD DUP1 PUSH2 0400 MSTORE PUSH2 9c40 GT PUSH0 JUMPI")
        {
            Gas = 1L << 40,
        };
        scene.World.Add(Scene.Other, code: Assembler.Assemble("PUSH0 PUSH0 SSTORE"));
        var halt = Halt.None;
        var thread = new Thread(() => halt = scene.Call().Halt, StackBytes);
        thread.Start();
        thread.Join();
        Assert.Equal(Halt.Stop, halt);
    }

    [Fact]
    public void A_tracer_may_execute_code_itself()
    {
        var inner = new Scene("PUSH1 07 PUSH0 MSTORE PUSH1 20 PUSH0 RETURN");
        var outer = new Scene("PUSH1 01 PUSH1 02 ADD PUSH0 MSTORE PUSH1 20 PUSH0 RETURN") { Tracer = new Nested(inner) };
        Assert.Equal(3, outer.Call().Output.Span[31]);
    }

    private sealed class Nested(Scene scene) : ITracer
    {
        public bool WantsSteps => true;

        public void OnEnter(in FrameStart start)
        {
        }

        public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
        {
        }

        public void OnStep(in Step step) => Assert.Equal(7, scene.Call().Output.Span[31]);
    }
}
