using Grid.Evm.Instructions;
using Grid.Evm.Precompiles;

namespace Grid.Evm;

/// <summary>
/// The facts of every opcode: code, name, words in, words out, gas, since when, and the method that executes it. A new opcode is a row here and
/// that method, nothing else.
/// </summary>
internal sealed unsafe class OpcodeTable<TFork> : OpcodeTable
    where TFork : struct, IFork
{
    public static readonly OpcodeTable<TFork> Instance = new();

    public override OpcodeRow[] Rows { get; } = CreateRows();

    public override PrecompileTable Precompiles { get; } = PrecompileTable.Of(TFork.Id);

    public override Frame? BeginCall(Machine machine, Frame root, long gas) => Calls<TFork>.BeginTransaction(machine, root, gas);

    public override Frame? BeginCreation(Machine machine, Frame root, long gas) => Creation<TFork>.BeginTransaction(machine, root, gas);

    private static OpcodeRow[] CreateRows()
    {
        var rows = new OpcodeRow[256];
        for (var code = 0; code < rows.Length; code++)
        {
            rows[code] = new OpcodeRow((byte)code, OpcodeRow.UndefinedName, 0, 0, 0, Fork.Frontier, &Exit.Undefined, endsBlock: true);
        }
        foreach (var row in Listed())
        {
            if (row.Since <= TFork.Id)
            {
                rows[row.Code] = row;
            }
        }
        return rows;
    }

    private static IEnumerable<OpcodeRow> Listed() => [.. Single, .. Families(), .. System];

    private static OpcodeRow[] Single =>
    [
        new(0x00, "STOP", 0, 0, 0, Fork.Frontier, &Halting<TFork>.Stop, endsBlock: true),
        new(0x01, "ADD", 2, 1, 3, Fork.Frontier, &Arithmetic.Add, role: OpcodeRole.Add),
        new(0x02, "MUL", 2, 1, 5, Fork.Frontier, &Arithmetic.Mul),
        new(0x03, "SUB", 2, 1, 3, Fork.Frontier, &Arithmetic.Sub),
        new(0x04, "DIV", 2, 1, 5, Fork.Frontier, &Arithmetic.Div),
        new(0x05, "SDIV", 2, 1, 5, Fork.Frontier, &Arithmetic.SignedDiv),
        new(0x06, "MOD", 2, 1, 5, Fork.Frontier, &Arithmetic.Mod),
        new(0x07, "SMOD", 2, 1, 5, Fork.Frontier, &Arithmetic.SignedMod),
        new(0x08, "ADDMOD", 3, 1, 8, Fork.Frontier, &Arithmetic.AddMod),
        new(0x09, "MULMOD", 3, 1, 8, Fork.Frontier, &Arithmetic.MulMod),
        new(0x0a, "EXP", 2, 1, 10, Fork.Frontier, &Exponentiation<TFork>.Exp),
        new(0x0b, "SIGNEXTEND", 2, 1, 5, Fork.Frontier, &Arithmetic.SignExtend),
        new(0x10, "LT", 2, 1, 3, Fork.Frontier, &Comparison.Lt),
        new(0x11, "GT", 2, 1, 3, Fork.Frontier, &Comparison.Gt),
        new(0x12, "SLT", 2, 1, 3, Fork.Frontier, &Comparison.SignedLt),
        new(0x13, "SGT", 2, 1, 3, Fork.Frontier, &Comparison.SignedGt),
        new(0x14, "EQ", 2, 1, 3, Fork.Frontier, &Comparison.Eq),
        new(0x15, "ISZERO", 1, 1, 3, Fork.Frontier, &Comparison.IsZero, role: OpcodeRole.IsZero),
        new(0x16, "AND", 2, 1, 3, Fork.Frontier, &Bitwise.And),
        new(0x17, "OR", 2, 1, 3, Fork.Frontier, &Bitwise.Or),
        new(0x18, "XOR", 2, 1, 3, Fork.Frontier, &Bitwise.Xor),
        new(0x19, "NOT", 1, 1, 3, Fork.Frontier, &Bitwise.Not),
        new(0x1a, "BYTE", 2, 1, 3, Fork.Frontier, &Bitwise.Byte),
        new(0x1b, "SHL", 2, 1, 3, Fork.Constantinople, &Bitwise.Shl),
        new(0x1c, "SHR", 2, 1, 3, Fork.Constantinople, &Bitwise.Shr),
        new(0x1d, "SAR", 2, 1, 3, Fork.Constantinople, &Bitwise.Sar),
        new(0x1e, "CLZ", 1, 1, 5, Fork.Osaka, &Bitwise.Clz),
        new(0x20, "KECCAK256", 2, 1, 30, Fork.Frontier, &KeccakOperation.Keccak),
        new(0x30, "ADDRESS", 0, 1, 2, Fork.Frontier, &CallEnvironment.AddressOfSelf),
        new(0x31, "BALANCE", 1, 1, Rules<TFork>.BalanceGas, Fork.Frontier, &Accounts<TFork>.Balance, endsBlock: true),
        new(0x32, "ORIGIN", 0, 1, 2, Fork.Frontier, &CallEnvironment.Origin),
        new(0x33, "CALLER", 0, 1, 2, Fork.Frontier, &CallEnvironment.CallerOfSelf),
        new(0x34, "CALLVALUE", 0, 1, 2, Fork.Frontier, &CallEnvironment.CallValue),
        new(0x35, "CALLDATALOAD", 1, 1, 3, Fork.Frontier, &CallEnvironment.CallDataLoad),
        new(0x36, "CALLDATASIZE", 0, 1, 2, Fork.Frontier, &CallEnvironment.CallDataSize),
        new(0x37, "CALLDATACOPY", 3, 0, 3, Fork.Frontier, &CallEnvironment.CallDataCopy),
        new(0x38, "CODESIZE", 0, 1, 2, Fork.Frontier, &CallEnvironment.CodeSize),
        new(0x39, "CODECOPY", 3, 0, 3, Fork.Frontier, &CallEnvironment.CodeCopy),
        new(0x3a, "GASPRICE", 0, 1, 2, Fork.Frontier, &CallEnvironment.GasPrice),
        new(0x3b, "EXTCODESIZE", 1, 1, Rules<TFork>.ExtCodeGas, Fork.Frontier, &Accounts<TFork>.ExtCodeSize, endsBlock: true),
        new(0x3c, "EXTCODECOPY", 4, 0, Rules<TFork>.ExtCodeGas, Fork.Frontier, &Accounts<TFork>.ExtCodeCopy, endsBlock: true),
        new(0x3d, "RETURNDATASIZE", 0, 1, 2, Fork.Byzantium, &CallEnvironment.ReturnDataSize),
        new(0x3e, "RETURNDATACOPY", 3, 0, 3, Fork.Byzantium, &CallEnvironment.ReturnDataCopy),
        new(0x3f, "EXTCODEHASH", 1, 1, Rules<TFork>.ExtCodeHashGas, Fork.Constantinople, &Accounts<TFork>.ExtCodeHash, endsBlock: true),
        new(0x40, "BLOCKHASH", 1, 1, 20, Fork.Frontier, &BlockInformation.BlockHash),
        new(0x41, "COINBASE", 0, 1, 2, Fork.Frontier, &BlockInformation.Coinbase),
        new(0x42, "TIMESTAMP", 0, 1, 2, Fork.Frontier, &BlockInformation.Timestamp),
        new(0x43, "NUMBER", 0, 1, 2, Fork.Frontier, &BlockInformation.Number),
        new(0x44, "PREVRANDAO", 0, 1, 2, Fork.Frontier, &BlockInformation.PrevRandao),
        new(0x45, "GASLIMIT", 0, 1, 2, Fork.Frontier, &BlockInformation.GasLimit),
        new(0x46, "CHAINID", 0, 1, 2, Fork.Istanbul, &BlockInformation.ChainId),
        new(0x47, "SELFBALANCE", 0, 1, 5, Fork.Istanbul, &Accounts<TFork>.SelfBalance, endsBlock: true),
        new(0x48, "BASEFEE", 0, 1, 2, Fork.London, &BlockInformation.BaseFee),
        new(0x49, "BLOBHASH", 1, 1, 3, Fork.Cancun, &BlockInformation.BlobHash),
        new(0x4a, "BLOBBASEFEE", 0, 1, 2, Fork.Cancun, &BlockInformation.BlobBaseFee),
        new(0x50, "POP", 1, 0, 2, Fork.Frontier, &StackOperations.Pop, role: OpcodeRole.Pop),
        new(0x51, "MLOAD", 1, 1, 3, Fork.Frontier, &MemoryOperations.MLoad),
        new(0x52, "MSTORE", 2, 0, 3, Fork.Frontier, &MemoryOperations.MStore),
        new(0x53, "MSTORE8", 2, 0, 3, Fork.Frontier, &MemoryOperations.MStore8),
        new(0x54, "SLOAD", 1, 1, Rules<TFork>.SloadGas, Fork.Frontier, &Storage<TFork>.SLoad, endsBlock: true),
        new(0x55, "SSTORE", 2, 0, 0, Fork.Frontier, &Storage<TFork>.SStore, endsBlock: true),
        new(0x56, "JUMP", 1, 0, 8, Fork.Frontier, &Control.Jump, endsBlock: true, role: OpcodeRole.Jump),
        new(0x57, "JUMPI", 2, 0, 10, Fork.Frontier, &Control.JumpI, endsBlock: true, role: OpcodeRole.JumpIf),
        new(0x58, "PC", 0, 1, 2, Fork.Frontier, &StackOperations.Push64, role: OpcodeRole.ProgramCounter),
        new(0x59, "MSIZE", 0, 1, 2, Fork.Frontier, &MemoryOperations.MSize),
        new(0x5a, "GAS", 0, 1, 2, Fork.Frontier, &Control.GasLeft, endsBlock: true),
        new(0x5b, "JUMPDEST", 0, 0, 1, Fork.Frontier, &Control.Block, role: OpcodeRole.JumpDestination),
        new(0x5c, "TLOAD", 1, 1, 100, Fork.Cancun, &TransientStorage.TLoad),
        new(0x5d, "TSTORE", 2, 0, 100, Fork.Cancun, &TransientStorage.TStore),
        new(0x5e, "MCOPY", 3, 0, 3, Fork.Cancun, &MemoryOperations.MCopy),
        new(0x5f, "PUSH0", 0, 1, 2, Fork.Shanghai, &StackOperations.Push64, role: OpcodeRole.Immediate, operand: 0),
    ];

    /// <summary>PUSH1 to PUSH32, DUP1 to DUP16, SWAP1 to SWAP16, LOG0 to LOG4.</summary>
    private static List<OpcodeRow> Families()
    {
        var rows = new List<OpcodeRow>();
        for (var n = 1; n <= 32; n++)
        {
            rows.Add(new((byte)(0x5f + n), $"PUSH{n}", 0, 1, 3, Fork.Frontier, &StackOperations.Push64, role: OpcodeRole.Immediate, operand: (ulong)n));
        }
        for (var n = 1; n <= 16; n++)
        {
            rows.Add(new((byte)(0x7f + n), $"DUP{n}", n, n + 1, 3, Fork.Frontier, &StackOperations.Dup, operand: (ulong)((n - 1) * 32)));
            rows.Add(new((byte)(0x8f + n), $"SWAP{n}", n + 1, n + 1, 3, Fork.Frontier, &StackOperations.Swap, role: OpcodeRole.Swap, operand: (ulong)(n * 32)));
        }
        for (var n = 0; n <= 4; n++)
        {
            rows.Add(new((byte)(0xa0 + n), $"LOG{n}", n + 2, 0, Gas.Log + (n * Gas.LogTopic), Fork.Frontier, &Logging.Log, operand: (ulong)n));
        }
        return rows;
    }

    private static OpcodeRow[] System =>
    [
        new(0xf0, "CREATE", 3, 1, 32000, Fork.Frontier, &Creation<TFork>.Create, endsBlock: true),
        new(0xf1, "CALL", 7, 1, Rules<TFork>.CallGas, Fork.Frontier, &Calls<TFork>.Call, endsBlock: true),
        new(0xf2, "CALLCODE", 7, 1, Rules<TFork>.CallGas, Fork.Frontier, &Calls<TFork>.CallCode, endsBlock: true),
        new(0xf3, "RETURN", 2, 0, 0, Fork.Frontier, &Halting<TFork>.Return, endsBlock: true),
        new(0xf4, "DELEGATECALL", 6, 1, Rules<TFork>.CallGas, Fork.Homestead, &Calls<TFork>.DelegateCall, endsBlock: true),
        new(0xf5, "CREATE2", 4, 1, 32000, Fork.Constantinople, &Creation<TFork>.Create2, endsBlock: true),
        new(0xfa, "STATICCALL", 6, 1, Rules<TFork>.CallGas, Fork.Byzantium, &Calls<TFork>.StaticCall, endsBlock: true),
        new(0xfd, "REVERT", 2, 0, 0, Fork.Byzantium, &Exit.Revert, endsBlock: true),
        new(0xfe, "INVALID", 0, 0, 0, Fork.Frontier, &Exit.Invalid, endsBlock: true),
        new(0xff, "SELFDESTRUCT", 1, 0, Rules<TFork>.SelfDestructGas, Fork.Frontier, &Halting<TFork>.SelfDestruct, endsBlock: true),
    ];
}
