using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>
/// One running call: what handlers find in their fourth argument. Frames are pooled by depth in a <see cref="Machine"/> and keep
/// their memory buffer from call to call. A child's input points into its parent's memory and a parent's return data into its
/// last child's, which is safe because a parent doesn't run while its child does, and a child's buffer isn't touched until the parent calls again.
/// </summary>
internal sealed unsafe class Frame(Machine machine, int depth)
{
    /// <summary>Memory beyond this can't be paid for: its gas exceeds what a 64-bit counter of any real block holds.</summary>
    private const ulong MemoryBytesMax = 1UL << 32;

    public readonly Machine Machine = machine;
    public readonly int Depth = depth;

    /// <summary>One past the bottom word: the stack grows downwards from here, its top is the handlers' sp.</summary>
    public UInt256* StackBase;

    public byte* Memory;

    /// <summary>Bytes of memory in use, a multiple of 32.</summary>
    public ulong MemorySize;

    /// <summary>Offsets below this can be read and written as a whole word without expansion.</summary>
    public ulong WordLimit;

    private ulong _memoryCapacity;

    public CodeAnalysis Code = null!;

    public byte* Input;
    public ulong InputLength;

    public byte* ReturnData;
    public ulong ReturnDataLength;

    public Address Self;
    public Address Caller;
    public UInt256 Value;
    public bool IsStatic;
    public FrameKind Kind;

    public int Snapshot;
    public long RefundAtStart;

    /// <summary>Where the parent's memory wants the output.</summary>
    public ulong OutputOffset;

    /// <summary>How many bytes of output the parent's memory takes at most.</summary>
    public ulong OutputSize;

    /// <summary>The instruction, the stack pointer and the gas with which this frame goes on after its child.</summary>
    public Instruction* ResumeAt;

    public UInt256* ResumeStack;
    public long ResumeGas;

    /// <summary>The account an opcode is about.</summary>
    public Address Target;

    /// <summary>Receives a word from the world state: an out parameter must not be a local variable of a handler, whose call would then be no tail call.</summary>
    public UInt256 Scratch;

    /// <summary>Receives code from the world state.</summary>
    public Bytecode? ForeignCode;

    public IWorldState World
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Machine.World;
    }

    public bool IsCreation => Kind is FrameKind.Create or FrameKind.Create2;

    public ReadOnlySpan<byte> InputSpan => new(Input, checked((int)InputLength));

    public ReadOnlySpan<byte> ReturnDataSpan => new(ReturnData, checked((int)ReturnDataLength));

    public void ResetMemory()
    {
        MemorySize = 0;
        WordLimit = 0;
    }

    /// <summary>
    /// Makes memory reach over the area and charges for it (Yellow Paper, equation 326: 3 a word, and the square of the words / 512). An
    /// empty area costs nothing wherever it is.
    /// </summary>
    /// <returns>The gas that is left; negative, with memory as it was, where it doesn't suffice.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Expand(UInt256* offset, UInt256* size, long gas)
    {
        if ((offset->U1 | offset->U2 | offset->U3 | size->U1 | size->U2 | size->U3) != 0)
        {
            return size->IsZero ? gas : -1;
        }
        return Expand(offset->U0, size->U0, gas);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Expand(ulong offset, ulong size, long gas)
    {
        var end = offset + size;
        return (end <= MemorySize && end >= offset) || size == 0 ? gas : Grow(offset, size, gas);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Grow(ulong offset, ulong size, long gas)
    {
        if (offset >= MemoryBytesMax || size >= MemoryBytesMax)
        {
            return -1;
        }
        var words = Gas.Words(offset + size);
        var before = MemorySize >> 5;
        gas -= (long)((3 * words) + (words * words / 512) - ((3 * before) + (before * before / 512)));
        if (gas < 0)
        {
            return gas;
        }
        var bytes = words << 5;
        Reserve(bytes);
        NativeMemory.Clear(Memory + MemorySize, (nuint)(bytes - MemorySize));
        MemorySize = bytes;
        WordLimit = bytes - 31;
        return gas;
    }

    /// <summary>Makes the buffer at least this large; keeps its content.</summary>
    public void Reserve(ulong bytes)
    {
        if (bytes <= _memoryCapacity)
        {
            return;
        }
        var capacity = Math.Max(4_096, System.Numerics.BitOperations.RoundUpToPowerOf2(bytes));
        Memory = (byte*)NativeMemory.Realloc(Memory, (nuint)capacity);
        _memoryCapacity = capacity;
    }

    /// <summary>Lets go of what belonged to the transaction.</summary>
    public void Release(ulong keepMemoryBytesMax)
    {
        Code = null!;
        ForeignCode = null;
        Trim(keepMemoryBytesMax);
    }

    /// <summary>Frees a buffer that only an unusual transaction needed.</summary>
    public void Trim(ulong keepBytesMax)
    {
        if (_memoryCapacity > keepBytesMax)
        {
            NativeMemory.Free(Memory);
            Memory = null;
            _memoryCapacity = 0;
            ResetMemory();
        }
    }
}
