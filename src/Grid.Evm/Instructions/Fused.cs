using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>
/// Several opcodes in one instruction: those neighbours that compiled contracts execute most, after the constant jumps of
/// <see cref="Control"/>. <see cref="CodeTranslator"/> finds them.
/// </summary>
internal static unsafe class Fused
{
    /// <summary>SWAPn, POP: the operand is SWAP's.</summary>
    [MethodImpl(Jit.Handler)]
    public static void SwapPop(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Words.Store((UInt256*)((byte*)sp + pc->Operand), Words.Load(sp));
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>POP, POP.</summary>
    [MethodImpl(Jit.Handler)]
    public static void PopPop(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp += 2;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>PUSH, ADD: the operand is the constant.</summary>
    [MethodImpl(Jit.Handler)]
    public static void AddConstant(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        ulong sum = sp->U0 + pc->Operand, carry = sum < pc->Operand ? 1UL : 0UL;
        if ((sp->U1 | sp->U2 | sp->U3 | carry) == 0)
        {
            Words.Set(sp, sum);
        }
        else
        {
            var r1 = sp->U1 + carry;
            carry = r1 < carry ? 1UL : 0UL;
            var r2 = sp->U2 + carry;
            carry = r2 < carry ? 1UL : 0UL;
            Words.Set(sp, sum, r1, r2, sp->U3 + carry);
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>ISZERO, PUSH, JUMPI: the operand is the address of the destination.</summary>
    [MethodImpl(Jit.Handler)]
    public static void JumpToUnless(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        pc = Words.Load(sp) == Vector256<ulong>.Zero ? (Instruction*)pc->Operand : pc + 1;
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

    /// <summary>ISZERO, PUSH, JUMPI to what is no destination.</summary>
    [MethodImpl(Jit.Handler)]
    public static void JumpNowhereUnless(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (Words.Load(sp) == Vector256<ulong>.Zero)
        {
            Exit.InvalidJump(pc, sp, gas, frame);
            return;
        }
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }
}
