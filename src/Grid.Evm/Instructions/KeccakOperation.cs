using System.Runtime.CompilerServices;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>KECCAK256.</summary>
internal static unsafe class KeccakOperation
{
    /// <summary>0x20</summary>
    [MethodImpl(Jit.Handler)]
    public static void Keccak(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = frame.Expand(sp, sp + 1, gas - (long)(Gas.KeccakWord * Gas.Words(sp[1].SaturateUInt64(uint.MaxValue))));
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        Hash(sp, frame);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hash(UInt256* sp, Frame frame)
    {
        if (sp[1].U0 == KeccakMemo.InputLength)
        {
            frame.Machine.Keccak.Hash(frame.Memory + sp->U0, sp + 1);
            return;
        }
        var bytes = stackalloc byte[32];
        Keccak256.Hash(new ReadOnlySpan<byte>(sp[1].U0 == 0 ? null : frame.Memory + sp->U0, (int)sp[1].U0), new Span<byte>(bytes, 32));
        Words.ReadBigEndian(sp + 1, bytes);
    }
}
