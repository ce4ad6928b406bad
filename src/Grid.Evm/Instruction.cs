global using unsafe Handler = delegate*<Grid.Evm.Instruction*, Grid.Primitives.UInt256*, long, Grid.Evm.Frame, void>;

namespace Grid.Evm;

/// <summary>
/// One element of translated code: the method that executes it, and its operand. A handler ends by calling its successor's
/// handler in tail position, see <see cref="Machine"/>.
/// </summary>
internal unsafe struct Instruction
{
    public Handler Handler;
    public ulong Operand;
}
