using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>TLOAD and TSTORE (EIP-1153).</summary>
internal static unsafe class TransientStorage
{
    /// <summary>0x5c</summary>
    [MethodImpl(Jit.Handler)]
    public static void TLoad(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        ReadTransient(sp, frame);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x5d</summary>
    [MethodImpl(Jit.Handler)]
    public static void TStore(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (frame.IsStatic)
        {
            Exit.StaticViolation(pc, sp, gas, frame);
            return;
        }
        frame.World.SetTransient(in frame.Self, in sp[0], in sp[1]);
        sp += 2;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadTransient(UInt256* sp, Frame frame) => Words.Set(sp, frame.World.GetTransient(in frame.Self, in *sp));
}
