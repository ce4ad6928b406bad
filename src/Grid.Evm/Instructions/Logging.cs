using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>LOG0 to LOG4.</summary>
internal static unsafe class Logging
{
    /// <summary>0xa0 to 0xa4: the operand is the number of topics.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Log(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (frame.IsStatic)
        {
            Exit.StaticViolation(pc, sp, gas, frame);
            return;
        }
        gas = frame.Expand(sp, sp + 1, gas - (long)(Gas.LogByte * sp[1].SaturateUInt64(uint.MaxValue)));
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        Append(sp, (int)pc->Operand, frame);
        sp += 2 + (int)pc->Operand;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Append(UInt256* sp, int topicCount, Frame frame)
    {
        var topics = topicCount == 0 ? [] : new Hash256[topicCount];
        for (var i = 0; i < topics.Length; i++)
        {
            topics[i] = Hash256.FromWord(in sp[2 + i]);
        }
        var data = sp[1].U0 == 0 ? [] : new ReadOnlySpan<byte>(frame.Memory + sp->U0, (int)sp[1].U0).ToArray();
        var log = new Log(frame.Self, topics, data);
        frame.World.AddLog(log);
        frame.Machine.Tracer?.OnLog(log);
    }
}
