using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x16 to 0x1e.</summary>
internal static unsafe class Bitwise
{
    /// <summary>0x16</summary>
    [MethodImpl(Jit.Handler)]
    public static void And(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Store(sp + 1, Words.Load(sp) & Words.Load(sp + 1));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x17</summary>
    [MethodImpl(Jit.Handler)]
    public static void Or(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Store(sp + 1, Words.Load(sp) | Words.Load(sp + 1));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x18</summary>
    [MethodImpl(Jit.Handler)]
    public static void Xor(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Store(sp + 1, Words.Load(sp) ^ Words.Load(sp + 1));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x19</summary>
    [MethodImpl(Jit.Handler)]
    public static void Not(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Store(sp, ~Words.Load(sp));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x1a. Limbs are little-endian on every machine that .NET runs on: byte 0 of the word, its most significant, comes last.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Byte(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        var index = sp[0].SaturateUInt64(32);
        Words.Set(sp + 1, index < 32 ? ((byte*)(sp + 1))[31 - index] : 0UL);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x1b (EIP-145)</summary>
    [MethodImpl(Jit.Handler)]
    public static void Shl(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp[1] = sp[1] << (int)sp[0].SaturateUInt64(256);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x1c (EIP-145)</summary>
    [MethodImpl(Jit.Handler)]
    public static void Shr(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp[1] = sp[1] >> (int)sp[0].SaturateUInt64(256);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x1d (EIP-145)</summary>
    [MethodImpl(Jit.Handler)]
    public static void Sar(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        SlowSar(sp);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowSar(UInt256* sp) => Words.Set(sp + 1, UInt256.ShiftRightSigned(in sp[1], (int)sp[0].SaturateUInt64(256)));

    /// <summary>0x1e (EIP-7939)</summary>
    [MethodImpl(Jit.Handler)]
    public static void Clz(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Set(sp, (ulong)UInt256.LeadingZeroCount(in *sp));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }
}
