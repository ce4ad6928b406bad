using System.Runtime.CompilerServices;

namespace Grid.Evm;

internal static class Jit
{
    /// <summary>
    /// For handlers: compiled with full optimization at the first call, because unoptimized code (tier 0) would keep a stack frame for each opcode
    /// instead of jumping to the next handler. Not with NoInlining, which keeps the runtime from making any tail call in the method.
    /// </summary>
    public const MethodImplOptions Handler = MethodImplOptions.AggressiveOptimization;
}
