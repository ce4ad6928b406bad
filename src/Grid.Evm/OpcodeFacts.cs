using Grid.Evm.Precompiles;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>What tools need to know of an opcode at a fork.</summary>
/// <param name="Inputs">Words taken from the stack.</param>
/// <param name="Outputs">Words put on the stack.</param>
/// <param name="ImmediateLength">Bytes of data that follow it in the code.</param>
public readonly record struct OpcodeFacts(byte Code, string Name, int Inputs, int Outputs, int ImmediateLength)
{
    /// <summary>All opcodes that the fork knows, in the order of their codes.</summary>
    public static OpcodeFacts[] Of(Fork fork) =>
    [
        .. OpcodeTable.Of(fork).Rows
            .Where(row => row.Name != OpcodeRow.UndefinedName)
            .Select(row => new OpcodeFacts(row.Code, row.Name, row.Inputs, row.Outputs, row.Role == OpcodeRole.Immediate ? (int)row.Operand : 0)),
    ];
}

/// <summary>What tools need to know of a precompile at a fork.</summary>
/// <param name="IsAvailable">False for one of the protocol's that this build lacks.</param>
public readonly record struct PrecompileFacts(Address Address, bool IsAvailable)
{
    /// <summary>All precompiles that the fork has, in the order of their addresses.</summary>
    public static PrecompileFacts[] Of(Fork fork)
    {
        var table = OpcodeTable.Of(fork).Precompiles;
        return
        [
            .. Enumerable.Range(0, PrecompileTable.AddressLimit)
                .Select(number => Address.FromNumber((ulong)number))
                .Where(address => table.Contains(in address))
                .Select(address => new PrecompileFacts(address, table.Find(in address)!.IsAvailable)),
        ];
    }
}
