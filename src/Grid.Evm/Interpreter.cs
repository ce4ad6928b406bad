namespace Grid.Evm;

/// <summary>The entry to the virtual machine.</summary>
public static class Interpreter
{
    /// <summary>
    /// Runs one message to its end, with all the calls it makes, on this thread. Needs little of the thread's stack, whatever the depth of calls.
    /// </summary>
    /// <param name="fork">The rules.</param>
    /// <param name="block">What block opcodes read.</param>
    /// <param name="transaction">What transaction opcodes read.</param>
    /// <param name="message">The message at depth 0; says what must be done before.</param>
    /// <param name="world">The state, which holds what the message did when the result is a success and is as before when it isn't.</param>
    /// <param name="tracer">Who watches; null for nobody.</param>
    public static ExecutionResult Execute(
        Fork fork, BlockContext block, TransactionContext transaction, in Message message, IWorldState world, ITracer? tracer = null)
    {
        var machine = Machine.Rent();
        try
        {
            machine.Begin(OpcodeTable.Of(fork), block, transaction, world, tracer);
            var result = machine.Run(in message);
            return message.Kind == MessageKind.Create && result.IsSuccess ? result with { CreatedAddress = message.To } : result;
        }
        finally
        {
            machine.Return();
        }
    }
}
