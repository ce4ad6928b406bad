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

/// <summary>What tools need to know of a fork's precompiles.</summary>
public static class PrecompileFacts
{
    /// <summary>The addresses of all precompiles that the fork has, ascending.</summary>
    public static Address[] AddressesOf(Fork fork)
    {
        var table = OpcodeTable.Of(fork).Precompiles;
        return
        [
            .. Enumerable.Range(0, PrecompileTable.AddressLimit)
                .Select(number => Address.FromNumber((ulong)number))
                .Where(address => table.Contains(in address)),
        ];
    }
}
