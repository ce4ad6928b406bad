using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>EXP, whose price depends on the fork.</summary>
internal static unsafe class Exponentiation<TFork>
    where TFork : struct, IFork
{
    /// <summary>0x0a; EIP-160 raised the price of the exponent's bytes.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Exp(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas -= Rules<TFork>.ExpByteGas * sp[1].ByteLength;
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        SlowExp(sp);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowExp(UInt256* sp) => Words.Set(sp + 1, UInt256.Exp(in sp[0], in sp[1]));
}
