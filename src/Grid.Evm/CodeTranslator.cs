using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Evm.Instructions;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>Makes a <see cref="CodeAnalysis"/>, in one pass over the code and a second over its constant jumps.</summary>
internal unsafe ref struct CodeTranslator(OpcodeTable table, byte[] bytes, bool traceSteps)
{
    /// <summary>The machine's limit on words (Yellow Paper, section 9.1).</summary>
    private const int StackLimit = 1_024;

    private enum FixupKind
    {
        Constant,
        Jump,
        JumpIf,
        JumpUnless,
    }

    /// <summary>An operand that becomes an address when the arrays have their final place: an index of a constant, or a code offset.</summary>
    private readonly record struct Fixup(int Instruction, FixupKind Kind);

    private readonly OpcodeRow[] _rows = table.Rows;
    private readonly int[] _destinations = new int[bytes.Length];
    private Instruction[] _instructions = new Instruction[bytes.Length + 4];
    private int _count;

    private UInt256[] _constants = [];
    private int _constantCount;

    // What the last two instructions are; Plain where there is nothing to fuse. Immediate: pushes a constant that fits an operand.
    private OpcodeRole _last, _beforeLast;

    private readonly List<Fixup> _fixups = [];

    private int _blockHead;
    private ulong _blockGas;
    private int _blockHeight, _blockLowest, _blockHighest;

    public CodeAnalysis Translate()
    {
        BeginBlock();
        for (var offset = 0; offset < bytes.Length;)
        {
            ref readonly var row = ref _rows[bytes[offset]];
            if (row.Role == OpcodeRole.JumpDestination)
            {
                // Of two in a row, the first is an opcode of the block that ends here, although it is no instruction.
                if (_count - 1 != _blockHead || _blockGas != 0)
                {
                    EndBlock();
                    BeginBlock();
                }
                _destinations[offset] = _blockHead + 1;
            }
            if (traceSteps)
            {
                EndBlock();
                Emit(&Tracing.Step, (ulong)offset);
                BeginBlock();
            }
            Account(in row);
            var immediate = row.Role == OpcodeRole.Immediate ? (int)row.Operand : 0;
            EmitOpcode(in row, offset, immediate);
            offset += 1 + immediate;
            if (row.EndsBlock)
            {
                EndBlock();
                BeginBlock();
            }
        }
        // Code ends with STOP, however long it isn't (Yellow Paper, section 9.4.1).
        EndBlock();
        Emit(_rows[0].Handler, 0);
        // Exactly as long as needed, and where the collector doesn't move it: instructions point to each other.
        var instructions = GC.AllocateUninitializedArray<Instruction>(_count, pinned: true);
        _instructions.AsSpan(0, _count).CopyTo(instructions);
        Resolve(instructions);
        return new CodeAnalysis(table, bytes, instructions, _destinations, _constants);
    }

    private void Emit(Handler handler, ulong operand, OpcodeRole role = OpcodeRole.Plain)
    {
        if (_count == _instructions.Length)
        {
            Array.Resize(ref _instructions, _count * 2);
        }
        _instructions[_count].Handler = handler;
        _instructions[_count++].Operand = operand;
        (_beforeLast, _last) = (_last, role);
    }

    private void EmitOpcode(in OpcodeRow row, int offset, int immediate)
    {
        switch (row.Role)
        {
            case OpcodeRole.Immediate:
                EmitPush(offset + 1, immediate);
                break;
            case OpcodeRole.ProgramCounter:
                Emit(row.Handler, (ulong)offset);
                break;
            case OpcodeRole.JumpDestination:
                // Its block's head is there already.
                break;
            case OpcodeRole.Jump when _last == OpcodeRole.Immediate:
                FuseJump(&Control.JumpTo, FixupKind.Jump);
                break;
            case OpcodeRole.JumpIf when _last == OpcodeRole.Immediate && _beforeLast == OpcodeRole.IsZero:
                _count--;
                _instructions[_count - 1].Operand = _instructions[_count].Operand;
                FuseJump(&Fused.JumpToUnless, FixupKind.JumpUnless);
                break;
            case OpcodeRole.JumpIf when _last == OpcodeRole.Immediate:
                FuseJump(&Control.JumpToIf, FixupKind.JumpIf);
                break;
            case OpcodeRole.Add when _last == OpcodeRole.Immediate:
                Fuse(&Fused.AddConstant);
                break;
            case OpcodeRole.Pop when _last == OpcodeRole.Swap:
                Fuse(&Fused.SwapPop);
                break;
            case OpcodeRole.Pop when _last == OpcodeRole.Pop:
                Fuse(&Fused.PopPop);
                break;
            default:
                Emit(row.Handler, row.Operand, row.Role);
                break;
        }
    }

    /// <summary>Gives the last instruction another handler, which does the next opcode's work, too.</summary>
    private void Fuse(Handler handler)
    {
        _instructions[_count - 1].Handler = handler;
        _last = OpcodeRole.Plain;
    }

    private void FuseJump(Handler handler, FixupKind kind)
    {
        Fuse(handler);
        _fixups.Add(new Fixup(_count - 1, kind));
    }

    private void EmitPush(int start, int length)
    {
        Span<byte> word = stackalloc byte[32];
        word.Clear();
        // Data past the end reads as zeros.
        var available = Math.Clamp(bytes.Length - start, 0, length);
        bytes.AsSpan(Math.Min(start, bytes.Length), available).CopyTo(word[(32 - length)..]);
        var value = UInt256.FromBigEndian(word);
        if (value.FitsUInt64)
        {
            Emit(&StackOperations.Push64, value.U0, OpcodeRole.Immediate);
            return;
        }
        if (_constantCount == _constants.Length)
        {
            var larger = GC.AllocateUninitializedArray<UInt256>(Math.Max(8, _constantCount * 2), pinned: true);
            _constants.AsSpan().CopyTo(larger);
            _constants = larger;
        }
        _constants[_constantCount] = value;
        _fixups.Add(new Fixup(_count, FixupKind.Constant));
        Emit(&StackOperations.PushWide, (ulong)_constantCount++);
    }

    private void BeginBlock()
    {
        _blockHead = _count;
        Emit(&Control.Block, 0);
        _blockGas = 0;
        _blockHeight = _blockLowest = _blockHighest = 0;
    }

    private void Account(in OpcodeRow row)
    {
        _blockGas += (ulong)row.Gas;
        _blockLowest = Math.Min(_blockLowest, _blockHeight - row.Inputs);
        _blockHeight += row.Outputs - row.Inputs;
        _blockHighest = Math.Max(_blockHighest, _blockHeight);
    }

    private readonly void EndBlock()
    {
        ref var head = ref _instructions[_blockHead];
        var required = -_blockLowest;
        var slack = StackLimit - _blockHighest - required;
        if (slack < 0)
        {
            head.Operand = BlockCheck.Never;
            return;
        }
        head.Operand = BlockCheck.Pack(_blockGas, required, slack);
    }

    private readonly void Resolve(Instruction[] instructions)
    {
        var first = (Instruction*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(instructions));
        var constants = (UInt256*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_constants));
        foreach (var (index, kind) in _fixups)
        {
            ref var instruction = ref instructions[index];
            if (kind == FixupKind.Constant)
            {
                instruction.Operand = (ulong)(constants + instruction.Operand);
                continue;
            }
            var destination = instruction.Operand < (ulong)_destinations.Length ? _destinations[instruction.Operand] : 0;
            if (destination != 0)
            {
                instruction.Operand = (ulong)(first + destination - 1);
            }
            else
            {
                instruction.Handler = kind switch
                {
                    FixupKind.Jump => &Control.JumpNowhere,
                    FixupKind.JumpIf => &Control.JumpNowhereIf,
                    _ => &Fused.JumpNowhereUnless,
                };
            }
        }
    }
}
