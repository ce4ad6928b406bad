using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x30 to 0x3e that read the call and its transaction.</summary>
internal static unsafe class CallEnvironment
{
    /// <summary>0x30</summary>
    [MethodImpl(Jit.Handler)]
    public static void AddressOfSelf(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.SetAddress(sp, in frame.Self);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x32</summary>
    [MethodImpl(Jit.Handler)]
    public static void Origin(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load(frame.Machine.Origin));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x33</summary>
    [MethodImpl(Jit.Handler)]
    public static void CallerOfSelf(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.SetAddress(sp, in frame.Caller);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x34</summary>
    [MethodImpl(Jit.Handler)]
    public static void CallValue(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, in frame.Value);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x35</summary>
    [MethodImpl(Jit.Handler)]
    public static void CallDataLoad(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        if (sp->FitsUInt64 && sp->U0 + 32 <= frame.InputLength && sp->U0 < frame.InputLength)
        {
            Words.ReadBigEndian(sp, frame.Input + sp->U0);
        }
        else
        {
            LoadPadded(sp, frame);
        }
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadPadded(UInt256* sp, Frame frame)
    {
        var bytes = stackalloc byte[32];
        Words.CopyPadded(bytes, 32, frame.Input, frame.InputLength, sp);
        Words.ReadBigEndian(sp, bytes);
    }

    /// <summary>0x36</summary>
    [MethodImpl(Jit.Handler)]
    public static void CallDataSize(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, frame.InputLength);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x37</summary>
    [MethodImpl(Jit.Handler)]
    public static void CallDataCopy(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = frame.Expand(sp, sp + 2, gas - (long)(Gas.CopyWord * Gas.Words(sp[2].SaturateUInt64(uint.MaxValue))));
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        Words.CopyPadded(frame.Memory + sp->U0, sp[2].U0, frame.Input, frame.InputLength, sp + 1);
        sp += 3;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x38</summary>
    [MethodImpl(Jit.Handler)]
    public static void CodeSize(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, (ulong)frame.Code.Bytes.Length);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x39</summary>
    [MethodImpl(Jit.Handler)]
    public static void CodeCopy(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = frame.Expand(sp, sp + 2, gas - (long)(Gas.CopyWord * Gas.Words(sp[2].SaturateUInt64(uint.MaxValue))));
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        CopyFrom(frame.Code.Bytes, frame.Memory + sp->U0, sp[2].U0, sp + 1);
        sp += 3;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CopyFrom(byte[] source, byte* destination, ulong size, UInt256* offset)
    {
        fixed (byte* bytes = source)
        {
            Words.CopyPadded(destination, size, bytes, (ulong)source.Length, offset);
        }
    }

    /// <summary>0x3a</summary>
    [MethodImpl(Jit.Handler)]
    public static void GasPrice(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load(frame.Machine.GasPrice));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x3d (EIP-211)</summary>
    [MethodImpl(Jit.Handler)]
    public static void ReturnDataSize(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, frame.ReturnDataLength);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x3e (EIP-211)</summary>
    [MethodImpl(Jit.Handler)]
    public static void ReturnDataCopy(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        gas = frame.Expand(sp, sp + 2, gas - (long)(Gas.CopyWord * Gas.Words(sp[2].SaturateUInt64(uint.MaxValue))));
        if (gas < 0)
        {
            Exit.OutOfGas(pc, sp, gas, frame);
            return;
        }
        var length = frame.ReturnDataLength;
        if (!sp[1].FitsUInt64 || sp[1].U0 > length || sp[2].U0 > length - sp[1].U0)
        {
            Exit.ReturnDataOutOfBounds(pc, sp, gas, frame);
            return;
        }
        if (sp[2].U0 != 0)
        {
            Buffer.MemoryCopy(frame.ReturnData + sp[1].U0, frame.Memory + sp->U0, sp[2].U0, sp[2].U0);
        }
        sp += 3;
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }
}
