using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x10 to 0x15.</summary>
internal static unsafe class Comparison
{
    /// <summary>0x10</summary>
    [MethodImpl(Jit.Handler)]
    public static void Lt(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Set(sp + 1, UInt256.LessThan(in sp[0], in sp[1]));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x11</summary>
    [MethodImpl(Jit.Handler)]
    public static void Gt(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Set(sp + 1, UInt256.LessThan(in sp[1], in sp[0]));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x12: SLT</summary>
    [MethodImpl(Jit.Handler)]
    public static void SignedLt(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Set(sp + 1, UInt256.SignedLessThan(in sp[0], in sp[1]));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x13: SGT</summary>
    [MethodImpl(Jit.Handler)]
    public static void SignedGt(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Set(sp + 1, UInt256.SignedLessThan(in sp[1], in sp[0]));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x14</summary>
    [MethodImpl(Jit.Handler)]
    public static void Eq(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Set(sp + 1, Words.Load(sp) == Words.Load(sp + 1));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x15</summary>
    [MethodImpl(Jit.Handler)]
    public static void IsZero(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Set(sp, Words.Load(sp) == Vector256<ulong>.Zero);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }
}
