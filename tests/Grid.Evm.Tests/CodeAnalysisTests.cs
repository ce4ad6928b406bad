using CsCheck;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>The translation of code.</summary>
public class CodeAnalysisTests
{
    private static unsafe bool IsDestination(CodeAnalysis analysis, UInt256 offset) => analysis.Destination(&offset) != null;

    [Fact]
    public void Finds_exactly_the_jump_destinations() => Gen.Byte.Array[0, 200].Sample(code =>
    {
        // The definition of D_J in the Yellow Paper, section 9.4.3.
        var expected = new HashSet<int>();
        for (var i = 0; i < code.Length; i += code[i] is >= 0x60 and <= 0x7f ? code[i] - 0x5e : 1)
        {
            if (code[i] == 0x5b)
            {
                expected.Add(i);
            }
        }
        var analysis = CodeAnalysis.Of(new Bytecode(code, default), OpcodeTable.Of(Fork.Osaka));
        return Enumerable.Range(0, code.Length + 40).All(offset => IsDestination(analysis, (ulong)offset) == expected.Contains(offset))
            && !IsDestination(analysis, UInt256.MaxValue);
    });

    [Fact]
    public void Is_shared_between_forks_that_agree_and_made_anew_for_others()
    {
        var code = new Bytecode([0x5b], Keccak256.Hash([0x5b]));
        var osaka = CodeAnalysis.Of(code, OpcodeTable.Of(Fork.Osaka));
        Assert.Same(osaka, CodeAnalysis.Of(code, OpcodeTable.Of(Fork.Bpo2)));
        Assert.NotSame(osaka, CodeAnalysis.Of(code, OpcodeTable.Of(Fork.Prague)));
    }

    [Fact]
    public void Watching_steps_changes_no_result() => Gen.Byte.Array[0, 60].Sample(code =>
    {
        // Random code mostly fails soon; how and with what gas must not depend on whether blocks are paid for at once.
        var plain = Run(code, null);
        var traced = Run(code, new Recorder());
        return plain.Halt.IsSuccess() == traced.Halt.IsSuccess() && plain.GasLeft == traced.GasLeft && plain.Output.Span.SequenceEqual(traced.Output.Span);
    });

    private static readonly string[] Parts =
    [
        "PUSH1 05", "PUSH0", "ADD", "DUP1", "SWAP1", "MLOAD", "MSTORE", "POP", "JUMPDEST", "GAS", "SSTORE", "SLOAD", "PUSH1 04 JUMP", "PUSH1 08 JUMPI",
        "KECCAK256", "CALLDATALOAD", "LT", "MUL", "SHL", "PUSH32 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "LOG1", "MSTORE8",
        "PC", "EXP", "SWAP2 POP", "SWAP1 POP", "POP POP", "PUSH1 07 ADD", "PUSH8 ffffffffffffffff ADD", "ISZERO PUSH1 0a JUMPI", "ISZERO PUSH2 ffff JUMPI",
        "PUSH1 00 PUSH2 ffff JUMPI", "NOT", "DUP3", "PUSH1 60 MLOAD",
    ];

    [Fact]
    public void Structured_code_behaves_the_same_step_by_step() => Gen.Int[0, Parts.Length - 1].Array[0, 40].Sample(parts =>
    {
        var code = Assembler.Assemble(
            "PUSH1 01 PUSH1 02 PUSH1 03 PUSH1 04 PUSH1 05 PUSH1 06 " + string.Join(' ', parts.Select(part => Parts[part])));
        var plain = Run(code, null);
        var traced = Run(code, new Recorder());
        return plain.Halt.IsSuccess() == traced.Halt.IsSuccess() && plain.GasLeft == traced.GasLeft && plain.GasRefund == traced.GasRefund;
    });

    private static ExecutionResult Run(byte[] code, ITracer? tracer)
    {
        var scene = new Scene { Gas = 50_000, Tracer = tracer };
        scene.World.Add(Scene.Contract, code: code, nonce: 1);
        return scene.Call();
    }
}
