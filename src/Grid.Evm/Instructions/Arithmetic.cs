using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x01 to 0x0b but EXP.</summary>
internal static unsafe class Arithmetic
{
    /// <summary>0x01. Numbers below 2^64 are by far the most frequent, and have a short way.</summary>
    [MethodImpl(Jit.Handler)]
    public static void Add(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        ulong a0 = sp[0].U0, r0 = a0 + sp[1].U0;
        if ((sp[0].U1 | sp[0].U2 | sp[0].U3 | sp[1].U1 | sp[1].U2 | sp[1].U3) == 0 && r0 >= a0)
        {
            Words.Set(sp + 1, r0);
        }
        else
        {
            var carry = r0 < a0 ? 1UL : 0UL;
            ulong r1 = sp[0].U1 + sp[1].U1, s1 = r1 + carry;
            carry = (r1 < sp[0].U1 ? 1UL : 0UL) | (s1 < r1 ? 1UL : 0UL);
            ulong r2 = sp[0].U2 + sp[1].U2, s2 = r2 + carry;
            carry = (r2 < sp[0].U2 ? 1UL : 0UL) | (s2 < r2 ? 1UL : 0UL);
            Words.Set(sp + 1, r0, s1, s2, sp[0].U3 + sp[1].U3 + carry);
        }
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x02</summary>
    [MethodImpl(Jit.Handler)]
    public static void Mul(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if ((sp[0].U1 | sp[0].U2 | sp[0].U3 | sp[1].U1 | sp[1].U2 | sp[1].U3) == 0)
        {
            Words.Set(sp + 1, sp[0].U0 * sp[1].U0, MultiplyHigh(sp[0].U0, sp[1].U0));
            sp++;
            pc++;
            pc->Handler(pc, sp, gas, frame);
            return;
        }
        MulWide(pc, sp, gas, frame);
    }

    // Math.BigMul has an out parameter, which a handler can't afford.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyHigh(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : PortableHigh(a, b);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong PortableHigh(ulong a, ulong b) => Math.BigMul(a, b, out _);

    [MethodImpl(Jit.Handler)]
    private static void MulWide(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        Multiply(sp);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply(UInt256* sp) => Words.Set(sp + 1, sp[0] * sp[1]);

    /// <summary>0x03</summary>
    [MethodImpl(Jit.Handler)]
    public static void Sub(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        ulong a0 = sp[0].U0, b0 = sp[1].U0, r0 = a0 - b0;
        if ((sp[0].U1 | sp[0].U2 | sp[0].U3 | sp[1].U1 | sp[1].U2 | sp[1].U3) == 0 && a0 >= b0)
        {
            Words.Set(sp + 1, r0);
        }
        else
        {
            var borrow = a0 < b0 ? 1UL : 0UL;
            ulong r1 = sp[0].U1 - sp[1].U1, s1 = r1 - borrow;
            borrow = (sp[0].U1 < sp[1].U1 ? 1UL : 0UL) | (r1 < borrow ? 1UL : 0UL);
            ulong r2 = sp[0].U2 - sp[1].U2, s2 = r2 - borrow;
            borrow = (sp[0].U2 < sp[1].U2 ? 1UL : 0UL) | (r2 < borrow ? 1UL : 0UL);
            Words.Set(sp + 1, r0, s1, s2, sp[0].U3 - sp[1].U3 - borrow);
        }
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x04</summary>
    [MethodImpl(Jit.Handler)]
    public static void Div(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if ((sp[0].U1 | sp[0].U2 | sp[0].U3 | sp[1].U1 | sp[1].U2 | sp[1].U3) == 0 && sp[1].U0 != 0)
        {
            Words.Set(sp + 1, sp[0].U0 / sp[1].U0);
        }
        else
        {
            SlowDiv(sp);
        }
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowDiv(UInt256* sp) => Words.Set(sp + 1, sp[0] / sp[1]);

    /// <summary>0x05: SDIV</summary>
    [MethodImpl(Jit.Handler)]
    public static void SignedDiv(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        SlowSignedDiv(sp);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowSignedDiv(UInt256* sp) => Words.Set(sp + 1, UInt256.SignedDivide(in sp[0], in sp[1]));

    /// <summary>0x06</summary>
    [MethodImpl(Jit.Handler)]
    public static void Mod(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if ((sp[0].U1 | sp[0].U2 | sp[0].U3 | sp[1].U1 | sp[1].U2 | sp[1].U3) == 0 && sp[1].U0 != 0)
        {
            Words.Set(sp + 1, sp[0].U0 % sp[1].U0);
        }
        else
        {
            SlowMod(sp);
        }
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowMod(UInt256* sp) => Words.Set(sp + 1, sp[0] % sp[1]);

    /// <summary>0x07: SMOD</summary>
    [MethodImpl(Jit.Handler)]
    public static void SignedMod(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        SlowSignedMod(sp);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowSignedMod(UInt256* sp) => Words.Set(sp + 1, UInt256.SignedRemainder(in sp[0], in sp[1]));

    /// <summary>0x08</summary>
    [MethodImpl(Jit.Handler)]
    public static void AddMod(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        SlowAddMod(sp);
        sp += 2;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowAddMod(UInt256* sp) => Words.Set(sp + 2, UInt256.AddMod(in sp[0], in sp[1], in sp[2]));

    /// <summary>0x09</summary>
    [MethodImpl(Jit.Handler)]
    public static void MulMod(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        SlowMulMod(sp);
        sp += 2;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowMulMod(UInt256* sp) => Words.Set(sp + 2, UInt256.MulMod(in sp[0], in sp[1], in sp[2]));

    /// <summary>0x0b</summary>
    [MethodImpl(Jit.Handler)]
    public static void SignExtend(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        SlowSignExtend(sp);
        sp++;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SlowSignExtend(UInt256* sp) => Words.Set(sp + 1, UInt256.SignExtend(in sp[0], in sp[1]));
}
