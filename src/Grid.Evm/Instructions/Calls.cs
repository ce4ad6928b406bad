using System.Runtime.CompilerServices;
using Grid.Evm.Precompiles;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>CALL, CALLCODE, DELEGATECALL (EIP-7) and STATICCALL (EIP-214).</summary>
internal static unsafe class Calls<TFork>
    where TFork : struct, IFork
{
    /// <summary>0xf1</summary>
    [MethodImpl(Jit.Handler)]
    public static void Call(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.ResumeAt = pc + 1;
        Exit.GoOn(Prepare(frame, sp, gas, FrameKind.Call));
    }

    /// <summary>0xf2</summary>
    [MethodImpl(Jit.Handler)]
    public static void CallCode(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.ResumeAt = pc + 1;
        Exit.GoOn(Prepare(frame, sp, gas, FrameKind.CallCode));
    }

    /// <summary>0xf4</summary>
    [MethodImpl(Jit.Handler)]
    public static void DelegateCall(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.ResumeAt = pc + 1;
        Exit.GoOn(Prepare(frame, sp, gas, FrameKind.DelegateCall));
    }

    /// <summary>0xfa</summary>
    [MethodImpl(Jit.Handler)]
    public static void StaticCall(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.ResumeAt = pc + 1;
        Exit.GoOn(Prepare(frame, sp, gas, FrameKind.StaticCall));
    }

    /// <summary>
    /// Takes the operands, charges, and begins the child. Gas that needs no state is charged first, so that nothing is read that can't be
    /// paid for.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Frame? Prepare(Frame frame, UInt256* sp, long gas, FrameKind kind)
    {
        var takesValue = kind is FrameKind.Call or FrameKind.CallCode;
        var areas = takesValue ? sp + 3 : sp + 2;
        var transfers = takesValue && !sp[2].IsZero;
        var machine = frame.Machine;
        if (frame.IsStatic && transfers && kind == FrameKind.Call)
        {
            return machine.Settle(frame, Halt.StaticViolation, 0, null, 0);
        }
        gas = frame.Expand(areas, areas + 1, gas);
        gas = frame.Expand(areas + 2, areas + 3, gas) - (transfers ? Gas.CallValue : 0);
        Words.GetAddress(sp + 1, ref frame.Target);
        if (gas < 0 || (gas = Accounts<TFork>.Charge(frame, gas)) < 0)
        {
            return machine.Settle(frame, Halt.OutOfGas, 0, null, 0);
        }
        if (!TryResolve(frame, in frame.Target, ref gas, charges: true, out var code, out var isDelegated)
            || !TryChargeNewAccount(frame, kind, transfers, ref gas))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        long childGas;
        if (gas < 0 || !TryShareGas(sp, gas, out childGas))
        {
            return machine.Settle(frame, Halt.OutOfGas, 0, null, 0);
        }
        frame.ResumeGas = gas - childGas;
        frame.ResumeStack = areas + 3;
        frame.ReturnDataLength = 0;
        childGas += transfers ? Gas.CallStipend : 0;
        var isPossible = frame.Depth < Machine.DepthMax;
        if (transfers && isPossible)
        {
            if (!frame.World.TryCovers(in frame.Self, in sp[2], out isPossible))
            {
                machine.Abort(Halt.StateMiss);
                return null;
            }
        }
        if (!isPossible)
        {
            if (machine.Tracer is not null)
            {
                TellRefused(frame, sp, areas, kind, isDelegated, childGas);
            }
            frame.ResumeGas += childGas;
            Words.Set(frame.ResumeStack, 0UL);
            return frame;
        }
        var child = machine.FrameAt(frame.Depth + 1);
        child.Kind = kind;
        child.StackBase = frame.ResumeStack;
        child.Self = kind is FrameKind.CallCode or FrameKind.DelegateCall ? frame.Self : frame.Target;
        child.Caller = kind == FrameKind.DelegateCall ? frame.Caller : frame.Self;
        child.Value = kind == FrameKind.DelegateCall ? frame.Value : takesValue ? sp[2] : UInt256.Zero;
        child.IsStatic = frame.IsStatic || kind == FrameKind.StaticCall;
        child.InputLength = areas[1].U0;
        child.Input = frame.Memory + (areas[1].IsZero ? 0 : areas[0].U0);
        child.OutputSize = areas[3].U0;
        child.OutputOffset = areas[2].U0;
        return Begin(machine, child, in frame.Target, isDelegated, code, childGas);
    }

    private static void TellRefused(Frame frame, UInt256* sp, UInt256* areas, FrameKind kind, bool isDelegated, long gas) =>
        frame.Machine.Tracer!.OnRefuse(
            new FrameStart
            {
                Kind = kind,
                Depth = frame.Depth + 1,
                Caller = kind == FrameKind.DelegateCall ? frame.Caller : frame.Self,
                Recipient = kind is FrameKind.CallCode or FrameKind.DelegateCall ? frame.Self : frame.Target,
                CodeAddress = frame.Target,
                ExecutedAddress = isDelegated ? frame.Machine.DelegationTarget : frame.Target,
                Value = kind == FrameKind.DelegateCall ? frame.Value : kind == FrameKind.StaticCall ? UInt256.Zero : sp[2],
                Input = new ReadOnlySpan<byte>(frame.Memory + (areas[1].IsZero ? 0 : areas[0].U0), (int)areas[1].U0),
                Gas = gas,
            },
            frame.Depth == Machine.DepthMax ? CallRefusal.Depth : CallRefusal.Balance);

    /// <summary>The message of the transaction itself; the frame's fields are set.</summary>
    public static Frame? BeginTransaction(Machine machine, Frame root, long gas)
    {
        root.Kind = FrameKind.Call;
        root.Target = root.Self;
        if (!TryResolve(root, in root.Target, ref gas, charges: false, out var code, out var isDelegated))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        return Begin(machine, root, in root.Target, isDelegated, code, gas);
    }

    private static Frame? Begin(Machine machine, Frame child, in Address codeAddress, bool isDelegated, Bytecode? code, long gas)
    {
        machine.Enter(child, gas, in codeAddress, isDelegated, child.InputSpan);
        var atHand = child.Kind switch
        {
            FrameKind.Call => machine.World.TryTransfer(in child.Caller, in child.Self, in child.Value),
            FrameKind.StaticCall => machine.World.TryTouch(in child.Self),
            _ => true,
        };
        if (!atHand)
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        // What delegates to a precompile's address runs no code (EIP-7702).
        if (!isDelegated && machine.Table.Precompiles.Find(in codeAddress) is { } precompile)
        {
            if (Rules<TFork>.EmptyAccountsAreNone && child.Self == PrecompileTable.Ripemd)
            {
                machine.RipemdTouched = true;
            }
            return PrecompileCall.Run(machine, child, precompile, gas);
        }
        if (code is null || code.Length == 0)
        {
            return machine.Settle(child, Halt.Stop, gas, null, 0);
        }
        return machine.Start(child, machine.AnalysisOf(code), gas);
    }

    /// <summary>The code at an address, or at the address that it delegates to (EIP-7702), which is an access to that account, too.</summary>
    private static bool TryResolve(Frame frame, in Address address, ref long gas, bool charges, out Bytecode? code, out bool isDelegated)
    {
        isDelegated = false;
        if (!frame.World.TryGetCode(in address, out code))
        {
            return false;
        }
        if (!Rules<TFork>.Delegations || code is null || !Delegation.TryParse(code.Bytes, out var target))
        {
            return true;
        }
        isDelegated = true;
        frame.Machine.DelegationTarget = target;
        var isWarm = frame.World.WarmAccount(in target) || frame.Machine.Table.Precompiles.Contains(in target);
        if (charges && (gas -= isWarm ? Gas.WarmAccess : Gas.ColdAccount) < 0)
        {
            return true;
        }
        return frame.World.TryGetCode(in target, out code);
    }

    /// <summary>Gnewaccount: from EIP-161 on only where value makes an account exist that didn't.</summary>
    private static bool TryChargeNewAccount(Frame frame, FrameKind kind, bool transfers, ref long gas)
    {
        if (gas < 0 || kind != FrameKind.Call || (Rules<TFork>.EmptyAccountsAreNone && !transfers))
        {
            return true;
        }
        bool isNew, atHand;
        if (Rules<TFork>.EmptyAccountsAreNone)
        {
            atHand = frame.World.TryIsEmpty(in frame.Target, out isNew);
        }
        else
        {
            atHand = frame.World.TryExists(in frame.Target, out var exists);
            isNew = !exists;
        }
        if (atHand && isNew)
        {
            gas -= Gas.NewAccount;
        }
        return atHand;
    }

    /// <summary>EIP-150: a child gets at most all but one 64th; before, what was asked for or nothing.</summary>
    private static bool TryShareGas(UInt256* requested, long gas, out long childGas)
    {
        if (Rules<TFork>.CallGasIsCapped)
        {
            childGas = (long)requested->SaturateUInt64((ulong)(gas - (gas / 64)));
            return true;
        }
        childGas = requested->FitsUInt64 && requested->U0 <= long.MaxValue ? (long)requested->U0 : long.MaxValue;
        return childGas <= gas;
    }
}
