using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x51 to 0x53, 0x59, 0x5e.</summary>
internal static unsafe class MemoryOperations
{
    /// <summary>0x51</summary>
    [MethodImpl(Jit.Handler)]
    public static void MLoad(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if ((sp->U1 | sp->U2 | sp->U3) == 0 && sp->U0 < frame.WordLimit)
        {
            Words.ReadBigEndian(sp, frame.Memory + sp->U0);
            pc++;
            pc->Handler(pc, sp, gas, frame);
            return;
        }
        MLoadBeyond(pc, sp, gas, frame);
    }

    [MethodImpl(Jit.Handler)]
    private static void MLoadBeyond(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = sp->FitsUInt64 ? frame.Expand(sp->U0, 32, gas) : -1;
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        MLoad(pc, sp, gas, frame);
    }

    /// <summary>0x52</summary>
    [MethodImpl(Jit.Handler)]
    public static void MStore(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if ((sp->U1 | sp->U2 | sp->U3) == 0 && sp->U0 < frame.WordLimit)
        {
            Words.WriteBigEndian(sp + 1, frame.Memory + sp->U0);
            sp += 2;
            pc++;
            pc->Handler(pc, sp, gas, frame);
            return;
        }
        MStoreBeyond(pc, sp, gas, frame);
    }

    [MethodImpl(Jit.Handler)]
    private static void MStoreBeyond(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = sp->FitsUInt64 ? frame.Expand(sp->U0, 32, gas) : -1;
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        MStore(pc, sp, gas, frame);
    }

    /// <summary>0x53</summary>
    [MethodImpl(Jit.Handler)]
    public static void MStore8(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = sp->FitsUInt64 ? frame.Expand(sp->U0, 1, gas) : -1;
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        frame.Memory[sp->U0] = (byte)sp[1].U0;
        sp += 2;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x59</summary>
    [MethodImpl(Jit.Handler)]
    public static void MSize(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, frame.MemorySize);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x5e (EIP-5656)</summary>
    [MethodImpl(Jit.Handler)]
    public static void MCopy(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        // Both areas count, so the one that ends later.
        var farther = UInt256.LessThan(in sp[0], in sp[1]) ? sp + 1 : sp;
        gas = frame.Expand(farther, sp + 2, gas - (long)(Gas.CopyWord * Gas.Words(sp[2].SaturateUInt64(uint.MaxValue))));
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        Buffer.MemoryCopy(frame.Memory + sp[1].U0, frame.Memory + sp[0].U0, sp[2].U0, sp[2].U0);
        sp += 3;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }
}
