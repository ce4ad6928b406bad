using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>CREATE, CREATE2 (EIP-1014) and what follows when initcode has run.</summary>
internal static unsafe class Creation<TFork>
    where TFork : struct, IFork
{
    /// <summary>0xf0</summary>
    [MethodImpl(Jit.Handler)]
    public static void Create(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.ResumeAt = pc + 1;
        Exit.GoOn(Prepare(frame, sp, gas, FrameKind.Create));
    }

    /// <summary>0xf5</summary>
    [MethodImpl(Jit.Handler)]
    public static void Create2(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        frame.ResumeAt = pc + 1;
        Exit.GoOn(Prepare(frame, sp, gas, FrameKind.Create2));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Frame? Prepare(Frame frame, UInt256* sp, long gas, FrameKind kind)
    {
        var machine = frame.Machine;
        var world = frame.World;
        if (frame.IsStatic)
        {
            return machine.Settle(frame, Halt.StaticViolation, 0, null, 0);
        }
        var wordGas = Rules<TFork>.InitcodeWordGas + (kind == FrameKind.Create2 ? Gas.KeccakWord : 0);
        gas = frame.Expand(sp + 1, sp + 2, gas - (wordGas * (long)Gas.Words(sp[2].SaturateUInt64(uint.MaxValue))));
        if (gas < 0)
        {
            return machine.Settle(frame, Halt.OutOfGas, 0, null, 0);
        }
        if (sp[2].U0 > (ulong)Rules<TFork>.InitcodeSizeLimit)
        {
            return machine.Settle(frame, Halt.InitcodeTooLarge, 0, null, 0);
        }
        frame.ReturnDataLength = 0;
        frame.ResumeStack = sp + (kind == FrameKind.Create2 ? 3 : 2);
        frame.ResumeGas = gas;
        var initcode = new ReadOnlySpan<byte>(frame.Memory + (sp[2].IsZero ? 0 : sp[1].U0), (int)sp[2].U0);
        if (!world.TryCovers(in frame.Self, in sp[0], out var covers) || !world.TryGetNonce(in frame.Self, out var nonce))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        var childGas = Rules<TFork>.CallGasIsCapped ? gas - (gas / 64) : gas;
        if (frame.Depth == Machine.DepthMax || !covers || nonce == ulong.MaxValue)
        {
            if (machine.Tracer is not null)
            {
                var refusal = frame.Depth == Machine.DepthMax ? CallRefusal.Depth : !covers ? CallRefusal.Balance : CallRefusal.Nonce;
                TellRefused(frame, kind, in sp[0], initcode, childGas, refusal);
            }
            Words.Set(frame.ResumeStack, 0UL);
            return frame;
        }
        frame.ResumeGas -= childGas;
        var child = machine.FrameAt(frame.Depth + 1);
        child.Kind = kind;
        child.StackBase = frame.ResumeStack;
        child.Self = kind == FrameKind.Create2
            ? ContractAddress.FromSalt(in frame.Self, in sp[3], initcode)
            : ContractAddress.FromNonce(in frame.Self, nonce);
        child.Caller = frame.Self;
        child.Value = sp[0];
        child.IsStatic = false;
        child.OutputSize = 0;
        if (!world.TryIncrementNonce(in frame.Self))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        return Begin(machine, child, initcode.ToArray(), childGas);
    }

    private static void TellRefused(Frame frame, FrameKind kind, in UInt256 value, ReadOnlySpan<byte> initcode, long gas, CallRefusal refusal) =>
        frame.Machine.Tracer!.OnRefuse(
            new FrameStart
            {
                Kind = kind, Depth = frame.Depth + 1, Caller = frame.Self, Recipient = default, CodeAddress = default, ExecutedAddress = default,
                Value = value, Input = initcode, Gas = gas,
            },
            refusal);

    /// <summary>The creation that is the transaction itself; the frame's fields are set and its input is the initcode.</summary>
    public static Frame? BeginTransaction(Machine machine, Frame root, long gas)
    {
        root.Kind = FrameKind.Create;
        return Begin(machine, root, root.InputSpan.ToArray(), gas);
    }

    private static Frame? Begin(Machine machine, Frame child, byte[] initcode, long gas)
    {
        var world = machine.World;
        if (Rules<TFork>.AccessLists)
        {
            world.WarmAccount(in child.Self);
        }
        // The tracer sees the initcode as input; the code itself sees none.
        machine.Enter(child, gas, in child.Self, isDelegated: false, initcode);
        child.InputLength = 0;
        if (!TryCollides(world, in child.Self, out var collides))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        if (collides)
        {
            return machine.Settle(child, Halt.CreateCollision, 0, null, 0);
        }
        if (!world.TryCreateContract(in child.Self, Rules<TFork>.ContractsStartAtNonceOne ? 1UL : 0UL)
            || !world.TryTransfer(in child.Caller, in child.Self, in child.Value))
        {
            machine.Abort(Halt.StateMiss);
            return null;
        }
        return initcode.Length == 0
            ? Finish(child, Halt.Stop, gas, null, 0)
            : machine.Start(child, machine.TranslateOnce(initcode), gas);
    }

    /// <summary>EIP-684 and EIP-7610: what has code, a nonce or storage can't be created again.</summary>
    private static bool TryCollides(IWorldState world, in Address address, out bool collides)
    {
        collides = false;
        if (!world.TryGetNonce(in address, out var nonce) || !world.TryGetCode(in address, out var code))
        {
            return false;
        }
        if (nonce != 0 || code is { Length: > 0 })
        {
            collides = true;
            return true;
        }
        return world.TryHasStorage(in address, out collides);
    }

    /// <summary>Initcode has succeeded: charges for the code that it returned and stores it (Yellow Paper, equations 113 to 117).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Frame? Finish(Frame frame, Halt halt, long gas, byte* output, ulong length)
    {
        var machine = frame.Machine;
        if (length > (ulong)Rules<TFork>.CodeSizeLimit)
        {
            return machine.Settle(frame, Halt.CodeTooLarge, 0, null, 0);
        }
        if (Rules<TFork>.CodeMayNotStartWithEf && length > 0 && *output == 0xef)
        {
            return machine.Settle(frame, Halt.CodeStartsWithEf, 0, null, 0);
        }
        var cost = (long)length * Gas.CodeDepositByte;
        if (cost > gas)
        {
            if (!Rules<TFork>.CodeDepositMayRunOutOfGas)
            {
                // Before EIP-2 the contract came to be, without code.
                return machine.Settle(frame, halt, gas, null, 0);
            }
            machine.Tracer?.OnFault(FaultCause.CodeDeposit);
            return machine.Settle(frame, Halt.OutOfGas, 0, null, 0);
        }
        if (length > 0)
        {
            var code = new ReadOnlySpan<byte>(output, (int)length).ToArray();
            frame.World.SetCode(in frame.Self, new Bytecode(code, Keccak256.Hash(code)));
        }
        return machine.Settle(frame, halt, gas - cost, output, length);
    }
}
