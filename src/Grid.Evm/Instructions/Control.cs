using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x56, 0x57, 0x5a, 0x5b, and what the translation adds.</summary>
internal static unsafe class Control
{
    /// <summary>The head of a block, which JUMPDEST (0x5b) is: pays for its opcodes and checks that the stack has room and words for them.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Block(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas -= BlockCheck.GasOf(pc->Operand);
        if (gas < 0 || !BlockCheck.StackFits(pc->Operand, sp, frame))
        {
            Exit.BlockRefused(pc, sp, gas, frame);
            return;
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x56. Executes the head of the block that it enters.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Jump(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        pc = frame.Code.Destination(sp);
        sp++;
        if (pc == null)
        {
            Exit.InvalidJump(pc, sp, gas, frame);
            return;
        }
        gas -= BlockCheck.GasOf(pc->Operand);
        if (gas < 0 || !BlockCheck.StackFits(pc->Operand, sp, frame))
        {
            Exit.BlockRefused(pc, sp, gas, frame);
            return;
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x57. Executes the head of the block that it enters, jumping or not.</summary>
    [MethodImpl(Jit.Handler)]
    public static void JumpI(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (Words.Load(sp + 1) != Vector256<ulong>.Zero)
        {
            pc = frame.Code.Destination(sp);
            if (pc == null)
            {
                Exit.InvalidJump(pc, sp, gas, frame);
                return;
            }
        }
        else
        {
            pc++;
        }
        sp += 2;
        gas -= BlockCheck.GasOf(pc->Operand);
        if (gas < 0 || !BlockCheck.StackFits(pc->Operand, sp, frame))
        {
            Exit.BlockRefused(pc, sp, gas, frame);
            return;
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>PUSH, JUMP: the operand is the address of the destination.</summary>
    [MethodImpl(Jit.Handler)]
    public static void JumpTo(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        pc = (Instruction*)pc->Operand;
        gas -= BlockCheck.GasOf(pc->Operand);
        if (gas < 0 || !BlockCheck.StackFits(pc->Operand, sp, frame))
        {
            Exit.BlockRefused(pc, sp, gas, frame);
            return;
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>PUSH, JUMPI: the operand is the address of the destination.</summary>
    [MethodImpl(Jit.Handler)]
    public static void JumpToIf(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (Words.Load(sp) != Vector256<ulong>.Zero)
        {
            pc = (Instruction*)pc->Operand;
        }
        else
        {
            pc++;
        }
        sp++;
        gas -= BlockCheck.GasOf(pc->Operand);
        if (gas < 0 || !BlockCheck.StackFits(pc->Operand, sp, frame))
        {
            Exit.BlockRefused(pc, sp, gas, frame);
            return;
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>PUSH, JUMP to what is no destination.</summary>
    [MethodImpl(Jit.Handler)]
    public static void JumpNowhere(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Exit.InvalidJump(pc, sp, gas, frame);
    }

    /// <summary>PUSH, JUMPI to what is no destination, which is an error only when it jumps.</summary>
    [MethodImpl(Jit.Handler)]
    public static void JumpNowhereIf(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (Words.Load(sp) != Vector256<ulong>.Zero)
        {
            Exit.InvalidJump(pc, sp, gas, frame);
            return;
        }
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x5a</summary>
    [MethodImpl(Jit.Handler)]
    public static void GasLeft(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, (ulong)gas);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }
}
