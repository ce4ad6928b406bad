using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>
/// Tells a tracer of each step. Code is translated anew for it, with this instruction before each opcode and each opcode a block of its own, so
/// that gas is exact and code that nobody watches has no trace of tracing.
/// </summary>
internal static unsafe class Tracing
{
    /// <summary>The operand is the opcode's offset in the code.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Step(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Tell(pc, sp, gas, frame);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tell(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.Machine.Tracer!.OnStep(new Step
        {
            ProgramCounter = (int)pc->Operand,
            Opcode = frame.Code.Bytes[pc->Operand],
            Gas = gas,
            Depth = frame.Depth,
            Recipient = frame.Self,
            Stack = new StackView(sp, (int)(frame.StackBase - sp)),
            Memory = new ReadOnlySpan<byte>(frame.Memory, (int)frame.MemorySize),
            ReturnData = frame.ReturnDataSpan,
        });
    }
}
