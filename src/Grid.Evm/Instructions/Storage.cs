using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>SLOAD and SSTORE.</summary>
internal static unsafe class Storage<TFork>
    where TFork : struct, IFork
{
    /// <summary>Stands for a state miss where gas is returned.</summary>
    private const long Missing = long.MinValue;

    /// <summary>0x54</summary>
    [MethodImpl(Jit.Handler)]
    public static void SLoad(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (Rules<TFork>.AccessLists && !frame.World.WarmSlot(in frame.Self, in *sp))
        {
            gas -= Gas.ColdSlot - Gas.WarmAccess;
            if (gas < 0)
            {
                Exit.OutOfGas(pc, sp, gas, frame);
                return;
            }
        }
        if (!frame.World.TryGetStorage(in frame.Self, in *sp, out frame.Scratch))
        {
            frame.Machine.Abort(Halt.StateMiss);
            return;
        }
        Words.Set(sp, in frame.Scratch);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x55</summary>
    [MethodImpl(Jit.Handler)]
    public static void SStore(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (frame.IsStatic)
        {
            Exit.StaticViolation(pc, sp, gas, frame);
            return;
        }
        if (Rules<TFork>.StorageNeedsMoreThanStipend && gas <= Gas.CallStipend)
        {
            Exit.StorageStipend(pc, sp, gas, frame);
            return;
        }
        if (Rules<TFork>.AccessLists && !frame.World.WarmSlot(in frame.Self, in *sp))
        {
            gas -= Gas.ColdSlot;
            if (gas < 0)
            {
                Exit.OutOfGas(pc, sp, gas, frame);
                return;
            }
        }
        gas = Rules<TFork>.NetStorageGas ? StoreNet(sp, gas, frame) : StoreSimple(sp, gas, frame);
        if (gas < 0)
        {
            if (gas == Missing)
            {
                frame.Machine.Abort(Halt.StateMiss);
                return;
            }
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        sp += 2;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>EIP-1283, EIP-2200, EIP-2929 and EIP-3529: the price depends on the value at the transaction's start, too.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long StoreNet(UInt256* sp, long gas, Frame frame)
    {
        var world = frame.World;
        if (!world.TryGetStorage(in frame.Self, in sp[0], out var current) || !world.TryGetOriginalStorage(in frame.Self, in sp[0], out var original))
        {
            return Missing;
        }
        ref readonly var next = ref sp[1];
        var dirty = original != current;
        var cost = dirty || current == next ? Rules<TFork>.SloadGas : original.IsZero ? Gas.SstoreSet : Rules<TFork>.SstoreResetGas;
        if ((gas -= cost) < 0)
        {
            return gas;
        }
        if (current == next)
        {
            return gas;
        }
        if (!original.IsZero && next.IsZero)
        {
            frame.Machine.Refund += Rules<TFork>.SstoreClearRefund;
        }
        if (dirty && !original.IsZero && current.IsZero)
        {
            frame.Machine.Refund -= Rules<TFork>.SstoreClearRefund;
        }
        if (dirty && original == next)
        {
            frame.Machine.Refund += (original.IsZero ? Gas.SstoreSet : Rules<TFork>.SstoreResetGas) - Rules<TFork>.SloadGas;
        }
        world.SetStorage(in frame.Self, in sp[0], in next);
        return gas;
    }

    /// <summary>Yellow Paper, appendix G: Gsset, Gsreset, Rsclear.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long StoreSimple(UInt256* sp, long gas, Frame frame)
    {
        if (!frame.World.TryGetStorage(in frame.Self, in sp[0], out var current))
        {
            return Missing;
        }
        if ((gas -= current.IsZero && !sp[1].IsZero ? Gas.SstoreSet : Rules<TFork>.SstoreResetGas) < 0)
        {
            return gas;
        }
        if (!current.IsZero && sp[1].IsZero)
        {
            frame.Machine.Refund += Rules<TFork>.SstoreClearRefund;
        }
        frame.World.SetStorage(in frame.Self, in sp[0], in sp[1]);
        return gas;
    }
}
