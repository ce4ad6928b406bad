using System.Globalization;
using Grid.Evm;
using Grid.Execution.Tracing;

namespace Grid.Gateway.Json.Traces;

/// <summary>geth's sentences for what went wrong in a traced frame, which tools compare word by word.</summary>
public static class TraceFaultText
{
    private const int StackLimit = 1_024, Blake2F = 0x09, Bn254Pairing = 0x08, PointEvaluation = 0x0a, FirstBls = 0x0b, LastBls = 0x11;

    private const int Blake2FLength = 213, PointEvaluationLength = 192, Bn254PairLength = 192;

    private static readonly OpcodeFacts?[] Opcodes = OpcodesByCode();

    public static string Of(in TraceFault fault) => fault.Refusal switch
    {
        CallRefusal.Depth => "max call depth exceeded",
        CallRefusal.Balance => "insufficient balance for transfer",
        CallRefusal.Nonce => "nonce uint64 overflow",
        _ => OfHalt(in fault),
    };

    /// <summary>Parity's sentence for the same (geth's option convertParityErrors).</summary>
    public static string AsParity(in TraceFault fault)
    {
        if (fault.Refusal is not null)
        {
            return Of(in fault);
        }
        return fault.Halt switch
        {
            Halt.OutOfGas when fault.Cause != FaultCause.StorageStipend => "Out of gas",
            Halt.CodeTooLarge => "Out of gas",
            Halt.InvalidJump => "Bad jump destination",
            Halt.Revert => "Reverted",
            Halt.ReturnDataOutOfBounds => "Out of bounds",
            Halt.StackOverflow => "Out of stack",
            Halt.StackUnderflow => "Stack underflow",
            Halt.InvalidOpcode or Halt.UndefinedOpcode => "Bad instruction",
            Halt.PrecompileFailure => "Built-in failed",
            _ => Of(in fault),
        };
    }

    private static string OfHalt(in TraceFault fault) => fault.Halt switch
    {
        Halt.OutOfGas when fault.Cause == FaultCause.CodeDeposit => "contract creation code storage out of gas",
        Halt.OutOfGas when fault.Cause == FaultCause.StorageStipend => "out of gas: not enough gas for reentrancy sentry",
        Halt.OutOfGas => "out of gas",
        Halt.Revert => "execution reverted",
        Halt.StackUnderflow => string.Create(CultureInfo.InvariantCulture, $"stack underflow ({fault.StackHeight} <=> {Opcodes[fault.Opcode]?.Inputs ?? 0})"),
        Halt.StackOverflow => string.Create(CultureInfo.InvariantCulture, $"stack limit reached {fault.StackHeight} ({StackLimit - Growth(fault.Opcode)})"),
        Halt.InvalidJump => "invalid jump destination",
        Halt.InvalidOpcode or Halt.UndefinedOpcode => $"invalid opcode: {NameOf(fault.Opcode)}",
        Halt.StaticViolation => "write protection",
        Halt.ReturnDataOutOfBounds => "return data out of bounds",
        Halt.CreateCollision => "contract address collision",
        Halt.CodeTooLarge => "max code size exceeded",
        Halt.InitcodeTooLarge => "max initcode size exceeded",
        Halt.CodeStartsWithEf => "invalid code: must not begin with 0xef",
        Halt.PrecompileFailure => OfPrecompile(in fault),
        _ => $"execution failed: {fault.Halt}",
    };

    /// <summary>Where the length of the input is to blame, that is said; geth's sentences about curves and points aren't told apart.</summary>
    private static string OfPrecompile(in TraceFault fault)
    {
        var address = fault.CodeAddress.ToWord();
        return (address.FitsUInt64 ? address.LowUInt64 : 0) switch
        {
            Blake2F => fault.InputLength == Blake2FLength ? "invalid final flag" : "invalid input length",
            Bn254Pairing when fault.InputLength % Bn254PairLength != 0 => "bad elliptic curve pairing size",
            PointEvaluation when fault.InputLength != PointEvaluationLength => "invalid input length",
            >= FirstBls and <= LastBls when fault.InputLength == 0 || fault.InputLength % 32 != 0 => "invalid input length",
            _ => "precompiled failed",
        };
    }

    private static int Growth(byte opcode) => Opcodes[opcode] is { } facts ? facts.Outputs - facts.Inputs : 0;

    private static string NameOf(byte opcode) => Opcodes[opcode]?.Name ?? string.Create(CultureInfo.InvariantCulture, $"opcode 0x{opcode:x} not defined");

    private static OpcodeFacts?[] OpcodesByCode()
    {
        var all = new OpcodeFacts?[256];
        foreach (var facts in OpcodeFacts.Of(Fork.Amsterdam))
        {
            all[facts.Code] = facts;
        }
        return all;
    }
}
