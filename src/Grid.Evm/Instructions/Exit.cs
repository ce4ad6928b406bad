using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Where handlers go that end their frame without success. All gas is lost, except by REVERT.</summary>
internal static unsafe class Exit
{
    [MethodImpl(Jit.Handler)]
    public static void OutOfGas(Instruction* pc, UInt256* sp, long gas, Frame frame) => Fail(frame, Halt.OutOfGas);

    /// <summary>SSTORE with no more gas than a call's stipend (EIP-2200).</summary>
    [MethodImpl(Jit.Handler)]
    public static void StorageStipend(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.Machine.Tracer?.OnFault(FaultCause.StorageStipend);
        Fail(frame, Halt.OutOfGas);
    }

    /// <summary>A block's head didn't hold.</summary>
    [MethodImpl(Jit.Handler)]
    public static void BlockRefused(Instruction* pc, UInt256* sp, long gas, Frame frame) =>
        Fail(frame, gas < 0 ? Halt.OutOfGas : pc->Operand != BlockCheck.Never && BlockCheck.StackIsTooLow(pc->Operand, sp, frame) ? Halt.StackUnderflow : Halt.StackOverflow);

    [MethodImpl(Jit.Handler)]
    public static void InvalidJump(Instruction* pc, UInt256* sp, long gas, Frame frame) => Fail(frame, Halt.InvalidJump);

    [MethodImpl(Jit.Handler)]
    public static void StaticViolation(Instruction* pc, UInt256* sp, long gas, Frame frame) => Fail(frame, Halt.StaticViolation);

    [MethodImpl(Jit.Handler)]
    public static void ReturnDataOutOfBounds(Instruction* pc, UInt256* sp, long gas, Frame frame) => Fail(frame, Halt.ReturnDataOutOfBounds);

    /// <summary>0xfe (EIP-141).</summary>
    [MethodImpl(Jit.Handler)]
    public static void Invalid(Instruction* pc, UInt256* sp, long gas, Frame frame) => Fail(frame, Halt.InvalidOpcode);

    /// <summary>Every byte that is no opcode at the fork.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Undefined(Instruction* pc, UInt256* sp, long gas, Frame frame) => Fail(frame, Halt.UndefinedOpcode);

    /// <summary>0xfd (EIP-140)</summary>
    [MethodImpl(Jit.Handler)]
    public static void Revert(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = frame.Expand(sp, sp + 1, gas);
        if (gas < 0)
        {
            OutOfGas(pc, sp, gas, frame);
            return;
        }
        GoOn(frame.Machine.Settle(frame, Halt.Revert, gas, frame.Memory + sp->U0, sp[1].U0));
    }

    [MethodImpl(Jit.Handler)]
    private static void Fail(Frame frame, Halt halt) => GoOn(frame.Machine.Settle(frame, halt, 0, null, 0));

    /// <summary>Continues a frame where it wants to; ends the chain of handlers where there is none.</summary>
    [MethodImpl(Jit.Handler)]
    public static void GoOn(Frame? frame)
    {
        if (frame is null)
        {
            return;
        }
        frame.ResumeAt->Handler(frame.ResumeAt, frame.ResumeStack, frame.ResumeGas, frame);
    }
}
