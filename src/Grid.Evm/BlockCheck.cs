using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>
/// What must hold at the head of a block, packed into one operand: the gas of its opcodes (bits 32 to 63), the bytes of stack that it
/// needs (bits 16 to 31) and how many bytes more there may be (bits 0 to 15).
/// </summary>
internal static unsafe class BlockCheck
{
    public static ulong Pack(ulong gas, int requiredWords, int slackWords) =>
        (gas << 32) | ((ulong)(uint)(requiredWords * 32) << 16) | (uint)(slackWords * 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long GasOf(ulong operand) => (long)(operand >> 32);

    /// <summary>Whether the stack is neither too low nor too high: one unsigned comparison answers both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool StackFits(ulong operand, UInt256* sp, Frame frame) =>
        (ulong)((byte*)frame.StackBase - (byte*)sp) - ((operand >> 16) & 0xffff) <= (operand & 0xffff);

    /// <summary>Of a stack that doesn't fit: whether words are missing.</summary>
    public static bool StackIsTooLow(ulong operand, UInt256* sp, Frame frame) =>
        (ulong)((byte*)frame.StackBase - (byte*)sp) < ((operand >> 16) & 0xffff);

    /// <summary>What no stack satisfies.</summary>
    public const ulong Never = 0xffffUL << 16;
}
