using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>
/// Code translated for one fork: a pinned array of <see cref="Instruction"/> that handlers walk. What depends on nothing but
/// the code is done here, once: immediate data is read and byte-swapped, jump destinations are found and constant ones
/// resolved, and gas and stack bounds are added up by block, so that one check stands at a block's head instead of one at each opcode.
/// <para>
/// A block begins at the start, at each JUMPDEST and after each opcode whose row says so (<see cref="OpcodeRow.EndsBlock"/>).
/// Inside a block nothing reads state or looks at the gas that is left, so paying for it in advance can't be observed: what
/// fails anywhere in it fails as a whole, and consumes all gas either way.
/// </para>
/// <para>
/// Immutable, so it's shared between threads. Costs 16 bytes an opcode and 4 a byte of code; lives as long as its <see cref="Bytecode"/>.
/// </para>
/// </summary>
internal sealed unsafe class CodeAnalysis
{
    private readonly Instruction[] _instructions;

    /// <summary>One more than the index of the block at each JUMPDEST; zero elsewhere.</summary>
    private readonly int[] _destinations;

    // Kept alive: instructions point into it.
    private readonly UInt256[] _constants;

    public OpcodeTable Table { get; }

    /// <summary>The code as it stands in the account.</summary>
    public byte[] Bytes { get; }

    public CodeAnalysis(OpcodeTable table, byte[] bytes, Instruction[] instructions, int[] destinations, UInt256[] constants)
    {
        Table = table;
        Bytes = bytes;
        _instructions = instructions;
        _destinations = destinations;
        _constants = constants;
        First = (Instruction*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(instructions));
    }

    public Instruction* First { get; }

    /// <summary>The instruction at a jump's destination; null where that is no JUMPDEST.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Instruction* Destination(UInt256* target)
    {
        var destinations = _destinations;
        if ((target->U1 | target->U2 | target->U3) != 0 || target->U0 >= (ulong)destinations.Length)
        {
            return null;
        }
        var index = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(destinations), (nint)target->U0);
        return index == 0 ? null : First + index - 1;
    }

    /// <summary>The shared translation of an account's code.</summary>
    public static CodeAnalysis Of(Bytecode code, OpcodeTable table)
    {
        if (code.Analysis is CodeAnalysis known && known.Table == table)
        {
            return known;
        }
        var analysis = new CodeTranslator(table, code.Bytes, traceSteps: false).Translate();
        code.Analysis = analysis;
        return analysis;
    }

    public int InstructionCount => _instructions.Length;

    public int ConstantCount => _constants.Length;
}
