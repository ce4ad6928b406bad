using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>STOP, RETURN and SELFDESTRUCT: the ways to succeed.</summary>
internal static unsafe class Halting<TFork>
    where TFork : struct, IFork
{
    /// <summary>0x00</summary>
    [MethodImpl(Jit.Handler)]
    public static void Stop(Instruction* pc, UInt256* sp, long gas, Frame frame) => Exit.GoOn(Succeed(frame, Halt.Stop, gas, null, 0));

    /// <summary>0xf3</summary>
    [MethodImpl(Jit.Handler)]
    public static void Return(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = frame.Expand(sp, sp + 1, gas);
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        Exit.GoOn(Succeed(frame, Halt.Return, gas, frame.Memory + sp->U0, sp[1].U0));
    }

    /// <summary>0xff</summary>
    [MethodImpl(Jit.Handler)]
    public static void SelfDestruct(Instruction* pc, UInt256* sp, long gas, Frame frame) => Exit.GoOn(Destroy(frame, sp, gas));

    private static Frame? Succeed(Frame frame, Halt halt, long gas, byte* output, ulong length) => frame.IsCreation
        ? Creation<TFork>.Finish(frame, halt, gas, output, length)
        : frame.Machine.Settle(frame, halt, gas, output, length);

    /// <summary>EIP-150, EIP-161, EIP-2929, EIP-3529 and EIP-6780 have all changed it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Frame? Destroy(Frame frame, UInt256* sp, long gas)
    {
        var machine = frame.Machine;
        var world = frame.World;
        if (frame.IsStatic)
        {
            return machine.Settle(frame, Halt.StaticViolation, 0, null, 0);
        }
        Words.GetAddress(sp, ref frame.Target);
        if (Rules<TFork>.AccessLists && !world.WarmAccount(in frame.Target) && !machine.Table.Precompiles.Contains(in frame.Target))
        {
            gas -= Gas.ColdAccount;
        }
        if (gas < 0)
        {
            return machine.Settle(frame, Halt.OutOfGas, 0, null, 0);
        }
        if (!world.TryGetBalance(in frame.Self, out var balance) || !TryMakesAccount(world, in frame.Target, in balance, out var makesAccount))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        if (makesAccount && (gas -= Rules<TFork>.SelfDestructNewAccountGas) < 0)
        {
            return machine.Settle(frame, Halt.OutOfGas, 0, null, 0);
        }
        if (Rules<TFork>.SelfDestructRefunds && !world.IsSelfDestructed(in frame.Self))
        {
            machine.Refund += Gas.SelfDestructRefund;
        }
        var isDestroyed = !Rules<TFork>.OnlyNewContractsAreDestroyed || world.IsCreatedInTransaction(in frame.Self);
        if (!world.TryTransfer(in frame.Self, in frame.Target, in balance) || (isDestroyed && !world.TrySelfDestruct(in frame.Self)))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        machine.Tracer?.OnSelfDestruct(in frame.Self, in frame.Target, in balance);
        return Succeed(frame, Halt.SelfDestruct, gas, null, 0);
    }

    /// <summary>Whether the beneficiary begins to exist; from EIP-161 on only when there is something to receive.</summary>
    private static bool TryMakesAccount(IWorldState world, in Address beneficiary, in UInt256 balance, out bool makesAccount)
    {
        makesAccount = false;
        if (Rules<TFork>.SelfDestructNewAccountGas == 0 || (Rules<TFork>.EmptyAccountsAreNone && balance.IsZero))
        {
            return true;
        }
        if (Rules<TFork>.EmptyAccountsAreNone)
        {
            return world.TryIsEmpty(in beneficiary, out makesAccount);
        }
        var atHand = world.TryExists(in beneficiary, out var exists);
        makesAccount = atHand && !exists;
        return atHand;
    }
}
