using Grid.Primitives;

namespace Grid.Evm;

/// <summary>The entry to the virtual machine.</summary>
public static class Interpreter
{
    /// <summary>Runs one message to its end, with all the calls it makes, on this thread.</summary>
    /// <param name="fork">The rules.</param>
    /// <param name="block">What block opcodes read.</param>
    /// <param name="transaction">What transaction opcodes read.</param>
    /// <param name="message">The message at depth 0; says what must be done before.</param>
    /// <param name="world">The state, which holds what the message did when the result is a success and is as before when it isn't.</param>
    /// <param name="tracer">Who watches; null for nobody.</param>
    public static ExecutionResult Execute(
        Fork fork, BlockContext block, TransactionContext transaction, in Message message, IWorldState world, ITracer? tracer = null)
    {
        _ = (fork, block, transaction, tracer);
        var snapshot = world.Snapshot();
        if (!world.TryTransfer(message.Caller, message.To, message.Value) || !world.TryGetCode(message.To, out var code))
        {
            world.Revert(snapshot);
            return new ExecutionResult { Halt = Halt.StateMiss, GasLeft = 0 };
        }
        if (code is not null)
        {
            world.Revert(snapshot);
            return new ExecutionResult { Halt = Halt.UndefinedOpcode, GasLeft = 0 };
        }
        return new ExecutionResult { Halt = Halt.Stop, GasLeft = message.Gas };
    }
}
