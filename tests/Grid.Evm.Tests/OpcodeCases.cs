using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>What single opcodes leave on the stack and what they cost, from the Yellow Paper (appendix H) and the EIPs.</summary>
public class OpcodeCases
{
    private const string Max = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    private const string Min = "8000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Code, the stack afterwards (bottom first) and the gas used.</summary>
    public static TheoryData<string, string, long> Cases => new()
    {
        { "PUSH 2 PUSH 3 ADD", "5", 9 },
        { $"PUSH {Max} PUSH 2 ADD", "1", 9 },
        { "PUSH ffffffffffffffff PUSH 1 ADD", "10000000000000000", 9 },
        { "PUSH ffffffffffffffffffffffffffffffff PUSH 1 ADD", "100000000000000000000000000000000", 9 },
        { $"PUSH {Max} PUSH 1 ADD", "0", 9 },
        { "PUSH ffffffffffffffffffffffffffffffffffffffffffffffff PUSH 1 ADD", "1000000000000000000000000000000000000000000000000", 9 },
        { "PUSH 1 PUSH ffffffffffffffffffffffffffffffff ADD", "100000000000000000000000000000000", 9 },
        { "PUSH 7 PUSH 6 MUL", "2a", 11 },
        { "PUSH ffffffffffffffff PUSH ffffffffffffffff MUL", "fffffffffffffffe0000000000000001", 11 },
        { $"PUSH {Max} PUSH {Max} MUL", "1", 11 },
        { "PUSH 3 PUSH 5 SUB", "2", 9 },
        { "PUSH 5 PUSH 3 SUB", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe", 9 },
        { "PUSH 1 PUSH 10000000000000000 SUB", "ffffffffffffffff", 9 },
        { "PUSH 3 PUSH 14 DIV", "6", 11 },
        { "PUSH 0 PUSH 14 DIV", "0", 11 },
        { $"PUSH 2 PUSH {Max} DIV", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 11 },
        { $"PUSH {Max} PUSH {Min} SDIV", Min, 11 },
        { "PUSH 0 PUSH 14 SDIV", "0", 11 },
        { $"PUSH 3 PUSH {Max} SDIV", "0", 11 },
        { "PUSH 3 PUSH 14 MOD", "2", 11 },
        { "PUSH 0 PUSH 14 MOD", "0", 11 },
        { "PUSH 3 PUSH fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8 SMOD", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe", 11 },
        { $"PUSH 5 PUSH {Max} PUSH {Max} ADDMOD", "0", 17 },
        { "PUSH 0 PUSH 1 PUSH 2 ADDMOD", "0", 17 },
        { $"PUSH 7 PUSH {Max} PUSH {Max} MULMOD", "1", 17 },
        { "PUSH 0 PUSH 5 PUSH 7 MULMOD", "0", 17 },
        { "PUSH 8 PUSH 2 EXP", "100", 66 },
        { "PUSH 0 PUSH 0 EXP", "1", 16 },
        { "PUSH 100 PUSH 2 EXP", "0", 116 },
        { "PUSH ff PUSH 0 SIGNEXTEND", Max, 11 },
        { "PUSH 7f PUSH 0 SIGNEXTEND", "7f", 11 },
        { $"PUSH ff PUSH {Max} SIGNEXTEND", "ff", 11 },
        { "PUSH 2 PUSH 1 LT", "1", 9 },
        { "PUSH 1 PUSH 1 LT", "0", 9 },
        { $"PUSH {Max} PUSH 1 GT", "0", 9 },
        { $"PUSH 1 PUSH {Max} GT", "1", 9 },
        { $"PUSH 0 PUSH {Max} SLT", "1", 9 },
        { $"PUSH {Max} PUSH 0 SGT", "1", 9 },
        { $"PUSH {Max} PUSH {Max} EQ", "1", 9 },
        { $"PUSH {Min} PUSH 0 EQ", "0", 9 },
        { "PUSH 0 ISZERO", "1", 6 },
        { $"PUSH {Min} ISZERO", "0", 6 },
        { "PUSH f0 PUSH 3c AND", "30", 9 },
        { "PUSH f0 PUSH 3c OR", "fc", 9 },
        { "PUSH f0 PUSH 3c XOR", "cc", 9 },
        { "PUSH 0 NOT", Max, 6 },
        { "PUSH ab PUSH 1f BYTE", "ab", 9 },
        { $"PUSH {Min} PUSH 0 BYTE", "80", 9 },
        { $"PUSH {Max} PUSH 20 BYTE", "0", 9 },
        { $"PUSH {Max} PUSH 10000000000000000 BYTE", "0", 9 },
        { "PUSH1 00 PUSH1 00 KECCAK256", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", 36 },
        { "PUSH1 20 PUSH1 00 KECCAK256", "290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563", 45 },
        { "ADDRESS", "c0de0001", 2 },
        { "ORIGIN", "a11ce", 2 },
        { "CALLER", "a11ce", 2 },
        { "CALLVALUE", "5", 2 },
        { "PUSH0 CALLDATALOAD", "0102030400000000000000000000000000000000000000000000000000000000", 5 },
        { "PUSH1 03 CALLDATALOAD", "0400000000000000000000000000000000000000000000000000000000000000", 6 },
        { $"PUSH {Max} CALLDATALOAD", "0", 6 },
        { "CALLDATASIZE", "4", 2 },
        { "PUSH1 20 PUSH1 02 PUSH0 CALLDATACOPY PUSH0 MLOAD", "0304000000000000000000000000000000000000000000000000000000000000", 3 + 3 + 2 + 3 + 3 + 3 + 2 + 3 },
        { "CODESIZE", "2", 2 },
        { "PUSH1 01 PUSH0 PUSH0 CODECOPY PUSH0 MLOAD", "6000000000000000000000000000000000000000000000000000000000000000", 3 + 2 + 2 + 3 + 3 + 3 + 2 + 3 },
        { "GASPRICE", "9", 2 },
        { "RETURNDATASIZE", "0", 2 },
        { "PUSH 3e7 BLOCKHASH", "b10c03e7", 23 },
        { "PUSH 3e8 BLOCKHASH", "0", 23 },
        { "PUSH 2e8 BLOCKHASH", "b10c02e8", 23 },
        { "PUSH 2e7 BLOCKHASH", "0", 23 },
        { "COINBASE", "c01b", 2 },
        { "TIMESTAMP", "6553f100", 2 },
        { "NUMBER", "3e8", 2 },
        { "PREVRANDAO", "1234", 2 },
        { "GASLIMIT", "1c9c380", 2 },
        { "CHAINID", "7a69", 2 },
        { "SELFBALANCE", "5", 5 },
        { "BASEFEE", "7", 2 },
        { "PUSH0 BLOBHASH", "b10b", 5 },
        { "PUSH1 01 BLOBHASH", "0", 6 },
        { "BLOBBASEFEE", "3", 2 },
        { "PUSH1 01 PUSH1 02 POP", "1", 8 },
        { "PUSH1 2a PUSH0 MSTORE PUSH0 MLOAD", "2a", 16 },
        { "PUSH1 2a PUSH1 1f MSTORE8 PUSH0 MLOAD", "2a", 17 },
        { "PUSH2 12ab PUSH0 MSTORE8 PUSH0 MLOAD", "ab00000000000000000000000000000000000000000000000000000000000000", 16 },
        { "PUSH1 01 MLOAD POP MSIZE", "40", 3 + 3 + 6 + 2 + 2 },
        { "PC PC", "0 1", 4 },
        { "PUSH1 05 JUMP fe fe JUMPDEST PC", "6", 3 + 8 + 1 + 2 },
        { "PUSH1 00 PUSH1 ff JUMPI PC", "5", 3 + 3 + 10 + 2 },
        { "PUSH1 01 PUSH1 06 JUMPI fe JUMPDEST PC", "7", 3 + 3 + 10 + 1 + 2 },
        { "PUSH1 04 DUP1 JUMP JUMPDEST", "4", 3 + 3 + 8 + 1 },
        { "JUMPDEST JUMPDEST PUSH1 07 JUMP JUMPDEST JUMPDEST JUMPDEST", "", 1 + 1 + 3 + 8 + 1 },
        { "GAS", "98967e", 2 },
        { "PUSH1 01 PUSH1 02 GAS", "1 2 989678", 8 },
        { "PUSH0", "0", 2 },
        { $"PUSH32 {Min}", Min, 3 },
        { "PUSH9 010000000000000002", "10000000000000002", 3 },
        { "PUSH1 01 PUSH1 02 DUP2", "1 2 1", 9 },
        { "PUSH1 01 PUSH1 02 PUSH1 03 SWAP2 POP", "3 2", 14 },
        { "PUSH1 01 PUSH1 02 PUSH1 03 POP POP", "1", 13 },
        { "PUSH1 00 ISZERO PUSH1 ff ISZERO PUSH1 ff JUMPI PC", "1 9", 3 + 3 + 3 + 3 + 3 + 10 + 2 },
        { "PUSH1 00 ISZERO PUSH1 00 ISZERO PUSH1 09 JUMPI JUMPDEST PC", "1 a", 3 + 3 + 3 + 3 + 3 + 10 + 1 + 2 },
        { "PUSH1 01 PUSH1 02 PUSH1 03 SWAP2", "3 2 1", 12 },
        { "PUSH1 01 PUSH1 02 PUSH1 03 PUSH1 04 PUSH1 05 PUSH1 06 PUSH1 07 PUSH1 08 PUSH1 09 PUSH1 0a PUSH1 0b PUSH1 0c PUSH1 0d PUSH1 0e PUSH1 0f PUSH1 10 DUP16", "1 2 3 4 5 6 7 8 9 a b c d e f 10 1", 51 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Leaves_the_stack_and_costs_the_gas(string code, string stack, long gas)
    {
        var recorder = new Recorder();
        var traced = Make(code, recorder);
        var result = traced.Call();
        Assert.Equal(Halt.Stop, result.Halt);
        var words = stack.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => UInt256.Parse("0x" + word));
        Assert.Equal(words, recorder.LastStack);
        Assert.Equal(gas, traced.Gas - result.GasLeft);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Does_the_same_when_nobody_watches(string code, string stack, long gas)
    {
        var plain = Make(code, null);
        var result = plain.Call();
        Assert.Equal(Halt.Stop, result.Halt);
        Assert.Equal(gas, plain.Gas - result.GasLeft);
        if (stack.Length == 0 || code is "CODESIZE")
        {
            return;
        }
        // Once more, with the top word returned.
        var returning = Make(code + " PUSH2 4000 MSTORE PUSH1 20 PUSH2 4000 RETURN", null).Call();
        Assert.Equal(UInt256.Parse("0x" + stack.Split(' ')[^1]), UInt256.FromBigEndian(returning.Output.Span));
    }

    private static Scene Make(string code, ITracer? tracer)
    {
        // The tracer sees the stack before an opcode, so one more is needed.
        return new Scene(code + (tracer is null && code != "CODESIZE" ? "" : " STOP")) { Input = new byte[] { 1, 2, 3, 4 }, Value = 5, Tracer = tracer };
    }

    [Fact]
    public void Code_may_end_inside_of_what_PUSH_reads()
    {
        foreach (var code in new[] { "PUSH3 0102", "PUSH32", "PUSH1 5b PUSH2 5b" })
        {
            Assert.Equal(code[..5] == "PUSH1" ? 6 : 3, new Scene(code).GasUsed());
        }
    }

    [Theory]
    [InlineData("ADD", Halt.StackUnderflow)]
    [InlineData("PUSH1 01 ADD", Halt.StackUnderflow)]
    [InlineData("PUSH1 01 DUP2", Halt.StackUnderflow)]
    [InlineData("PUSH1 01 SWAP1", Halt.StackUnderflow)]
    [InlineData("JUMPDEST PUSH0 PUSH1 00 JUMP", Halt.StackOverflow)]
    [InlineData("PUSH1 03 JUMP", Halt.InvalidJump)]
    [InlineData("PUSH1 01 PUSH1 fe JUMPI", Halt.InvalidJump)]
    [InlineData("PUSH1 04 JUMP PUSH1 5b", Halt.InvalidJump)]
    [InlineData("PUSH0 NOT JUMP", Halt.InvalidJump)]
    [InlineData("PUSH1 01 PUSH0 NOT JUMPI", Halt.InvalidJump)]
    [InlineData("fe", Halt.InvalidOpcode)]
    [InlineData("0c", Halt.UndefinedOpcode)]
    [InlineData("JUMPDEST PUSH0 JUMP", Halt.OutOfGas)]
    [InlineData("PUSH0 NOT MLOAD", Halt.OutOfGas)]
    [InlineData("PUSH1 01 PUSH8 ffffffffffffffff MSTORE", Halt.OutOfGas)]
    [InlineData("PUSH0 NOT PUSH0 KECCAK256", Halt.OutOfGas)]
    [InlineData("PUSH0 NOT PUSH0 RETURN", Halt.OutOfGas)]
    [InlineData("PUSH1 01 PUSH0 PUSH0 RETURNDATACOPY", Halt.ReturnDataOutOfBounds)]
    public void Halts_exceptionally(string code, Halt expected)
    {
        foreach (var tracer in new ITracer?[] { null, new Recorder() })
        {
            var result = new Scene(code) { Gas = 100_000, Tracer = tracer }.Call();
            Assert.Equal(expected, result.Halt);
            Assert.Equal(0, result.GasLeft);
        }
    }

    [Fact]
    public void Stack_holds_1024_words()
    {
        var full = string.Concat(Enumerable.Repeat("PUSH0 ", 1_024));
        Assert.Equal(Halt.Stop, new Scene(full).Call().Halt);
        Assert.Equal(Halt.StackOverflow, new Scene(full + "PUSH0").Call().Halt);
    }
}
