namespace Grid.Evm;

/// <summary>What the translation of code does about an opcode.</summary>
internal enum OpcodeRole : byte
{
    /// <summary>It becomes one instruction with the row's operand.</summary>
    Plain,

    /// <summary>It is followed by as many bytes of data as the row's operand says, which become the instruction's operand.</summary>
    Immediate,

    /// <summary>Its operand is its offset in the code.</summary>
    ProgramCounter,

    Jump,
    JumpIf,

    /// <summary>It begins a block, and is nothing else.</summary>
    JumpDestination,

    // Plain ones that are fused with a neighbour.
    Add,
    IsZero,
    Pop,
    Swap,
}

/// <summary>The facts of one opcode at one fork.</summary>
internal unsafe readonly struct OpcodeRow(
    byte code, string name, int inputs, int outputs, int gas, Fork since, Handler handler,
    bool endsBlock = false, OpcodeRole role = OpcodeRole.Plain, ulong operand = 0)
{
    /// <summary>The name of the rows of bytes that are no opcodes.</summary>
    public const string UndefinedName = "UNDEFINED";

    public readonly byte Code = code;
    public readonly string Name = name;

    /// <summary>Words taken from the stack.</summary>
    public readonly ushort Inputs = (ushort)inputs;

    /// <summary>Words put on the stack.</summary>
    public readonly ushort Outputs = (ushort)outputs;

    /// <summary>The part of the cost that depends on nothing but the fork.</summary>
    public readonly int Gas = gas;

    /// <summary>The first fork that knows the opcode.</summary>
    public readonly Fork Since = since;

    public readonly Handler Handler = handler;

    /// <summary>
    /// Whether a new block of <see cref="CodeAnalysis"/> begins after it: it jumps, halts, looks at the gas that is left, or
    /// reads state, which must not happen before all gas up to here has been paid.
    /// </summary>
    public readonly bool EndsBlock = endsBlock;

    public readonly OpcodeRole Role = role;

    public readonly ulong Operand = operand;
}
