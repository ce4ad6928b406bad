using Grid.Evm.Precompiles;

namespace Grid.Evm.Instructions;

/// <summary>A call that a precompile answers.</summary>
internal static unsafe class PrecompileCall
{
    public static Frame? Run(Machine machine, Frame child, Precompile precompile, long gas)
    {
        var input = child.InputSpan;
        var cost = precompile.GasCost(input);
        if (cost > gas)
        {
            return machine.Settle(child, Halt.OutOfGas, 0, null, 0);
        }
        var outputMax = precompile.OutputLength(input);
        // The output stays in the child's buffer, as the output of code does.
        child.Reserve((ulong)outputMax);
        return precompile.TryRun(input, new Span<byte>(child.Memory, outputMax), out var length)
            ? machine.Settle(child, Halt.Return, gas - cost, child.Memory, (ulong)length)
            : machine.Settle(child, Halt.PrecompileFailure, 0, null, 0);
    }
}
