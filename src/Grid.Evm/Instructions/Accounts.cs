using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes that read an account: BALANCE, SELFBALANCE, EXTCODE*.</summary>
internal static unsafe class Accounts<TFork>
    where TFork : struct, IFork
{
    /// <summary>EIP-2929: what a cold account costs above a warm one. The address is in <see cref="Frame.Target"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Charge(Frame frame, long gas)
    {
        if (!Rules<TFork>.AccessLists || frame.World.WarmAccount(in frame.Target) || frame.Machine.Table.Precompiles.Contains(in frame.Target))
        {
            return gas;
        }
        return gas - (Gas.ColdAccount - Gas.WarmAccess);
    }

    /// <summary>0x31</summary>
    [MethodImpl(Jit.Handler)]
    public static void Balance(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.GetAddress(sp, ref frame.Target);
        gas = Charge(frame, gas);
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        if (!frame.World.TryGetBalance(in frame.Target, out frame.Scratch))
        {
            frame.Machine.Abort(Halt.StateMiss);
            return;
        }
        Words.Set(sp, in frame.Scratch);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x47 (EIP-1884)</summary>
    [MethodImpl(Jit.Handler)]
    public static void SelfBalance(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (!frame.World.TryGetBalance(in frame.Self, out frame.Scratch))
        {
            frame.Machine.Abort(Halt.StateMiss);
            return;
        }
        sp--;
        Words.Set(sp, in frame.Scratch);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x3b</summary>
    [MethodImpl(Jit.Handler)]
    public static void ExtCodeSize(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.GetAddress(sp, ref frame.Target);
        gas = Charge(frame, gas);
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        if (!frame.World.TryGetCode(in frame.Target, out frame.ForeignCode))
        {
            frame.Machine.Abort(Halt.StateMiss);
            return;
        }
        Words.Set(sp, (ulong)(frame.ForeignCode?.Length ?? 0));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x3c</summary>
    [MethodImpl(Jit.Handler)]
    public static void ExtCodeCopy(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.GetAddress(sp, ref frame.Target);
        gas -= (long)(Gas.CopyWord * Gas.Words(sp[3].SaturateUInt64(uint.MaxValue)));
        gas = Charge(frame, frame.Expand(sp + 1, sp + 3, gas));
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        if (!frame.World.TryGetCode(in frame.Target, out frame.ForeignCode))
        {
            frame.Machine.Abort(Halt.StateMiss);
            return;
        }
        CallEnvironment.CopyFrom(frame.ForeignCode?.Bytes ?? [], frame.Memory + sp[1].U0, sp[3].U0, sp + 2);
        sp += 4;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x3f (EIP-1052)</summary>
    [MethodImpl(Jit.Handler)]
    public static void ExtCodeHash(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.GetAddress(sp, ref frame.Target);
        gas = Charge(frame, gas);
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        if (!TryHash(sp, frame))
        {
            frame.Machine.Abort(Halt.StateMiss);
            return;
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryHash(UInt256* sp, Frame frame)
    {
        if (!frame.World.TryIsEmpty(in frame.Target, out var empty) || !frame.World.TryGetCodeHash(in frame.Target, out var hash))
        {
            return false;
        }
        Words.Set(sp, empty ? UInt256.Zero : hash.ToWord());
        return true;
    }
}
