using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x50, 0x58 and 0x5f to 0x9f.</summary>
internal static unsafe class StackOperations
{
    /// <summary>0x50</summary>
    [MethodImpl(Jit.Handler)]
    public static void Pop(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>PUSH0 (EIP-3855) to PUSH32 whose value fits 64 bits: the operand. PC (0x58) too.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Push64(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, pc->Operand);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>PUSH9 to PUSH32: the operand is the address of the value.</summary>
    [MethodImpl(Jit.Handler)]
    public static void PushWide(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load((UInt256*)pc->Operand));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x80 to 0x8f: the operand is the distance in bytes.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Dup(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Store(sp - 1, Words.Load((UInt256*)((byte*)sp + pc->Operand)));
        sp--;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x90 to 0x9f: the operand is the distance in bytes.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Swap(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        var other = (UInt256*)((byte*)sp + pc->Operand);
        var top = Words.Load(sp);
        Words.Store(sp, Words.Load(other));
        Words.Store(other, top);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }
}
