using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Instructions;

/// <summary>Opcodes 0x40 to 0x4a but SELFBALANCE.</summary>
internal static unsafe class BlockInformation
{
    /// <summary>0x40: the last 256 blocks, without this one.</summary>
    [MethodImpl(Jit.Handler)]
    public static void BlockHash(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        ReadHash(sp, frame.Machine.Block);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadHash(UInt256* sp, BlockContext block)
    {
        var number = sp->SaturateUInt64();
        var known = number < block.Number && block.Number - number <= 256;
        Words.Set(sp, known ? block.BlockHashes.GetBlockHash(number).ToWord() : UInt256.Zero);
    }

    /// <summary>0x41</summary>
    [MethodImpl(Jit.Handler)]
    public static void Coinbase(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load(frame.Machine.Coinbase));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x42</summary>
    [MethodImpl(Jit.Handler)]
    public static void Timestamp(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, frame.Machine.Block.Timestamp);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x43</summary>
    [MethodImpl(Jit.Handler)]
    public static void Number(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, frame.Machine.Block.Number);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x44: DIFFICULTY before EIP-4399</summary>
    [MethodImpl(Jit.Handler)]
    public static void PrevRandao(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load(frame.Machine.PrevRandao));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x45</summary>
    [MethodImpl(Jit.Handler)]
    public static void GasLimit(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Set(sp, frame.Machine.Block.GasLimit);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x46 (EIP-1344)</summary>
    [MethodImpl(Jit.Handler)]
    public static void ChainId(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load(frame.Machine.ChainId));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x48 (EIP-3198)</summary>
    [MethodImpl(Jit.Handler)]
    public static void BaseFee(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load(frame.Machine.BaseFee));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x4a (EIP-7516)</summary>
    [MethodImpl(Jit.Handler)]
    public static void BlobBaseFee(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        sp--;
        Words.Store(sp, Words.Load(frame.Machine.BlobBaseFee));
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    /// <summary>0x49 (EIP-4844)</summary>
    [MethodImpl(Jit.Handler)]
    public static void BlobHash(Instruction* pc, UInt256* sp, long gas, Frame frame)
    {
        ReadBlobHash(sp, frame.Machine.Transaction);
        pc++;
        pc->Handler(pc, sp, gas, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadBlobHash(UInt256* sp, TransactionContext transaction)
    {
        var hashes = transaction.BlobHashes;
        Words.Set(sp, *sp < (ulong)hashes.Count ? hashes[(int)sp->U0].ToWord() : UInt256.Zero);
    }
}
