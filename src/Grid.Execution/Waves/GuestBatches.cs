using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>A batch that another process has planned.</summary>
/// <param name="Members">Places of its transactions in the block, ascending.</param>
/// <param name="Gas">Gas units that it is expected to use.</param>
/// <param name="Anchor">As in <see cref="LaneWork.Anchor"/>.</param>
public sealed record GuestBatch(int[] Members, ulong Gas, Address? Anchor);

/// <summary>
/// Executes batches that another process has planned, over the same state before the block, and says what came of each. That the outcomes stand
/// is the planner's concern (<see cref="ParallelExecution"/>): nothing is known here of the rest of the block.
/// </summary>
/// <remarks>Ownership as in <see cref="ParallelExecution"/>: the work of each batch to the thread that runs it, this object to whoever awaits them.</remarks>
public sealed class GuestBatches
{
    private readonly ExecutionMemoryPool _memories;
    private readonly Batch[] _batches;

    /// <param name="environment">The block's; its withdrawals aren't needed.</param>
    /// <param name="transactions">By their places in the block; null where they belong to nobody here.</param>
    /// <param name="reader">The state before the block; safe for any number of threads.</param>
    public GuestBatches(
        BlockEnvironment environment, Transaction[] transactions, IReadOnlyList<GuestBatch> batches, IStateReader reader, ExecutionMemoryPool memories)
    {
        _memories = memories;
        var executor = new TransactionExecutor(environment);
        _batches = [.. batches.Select(batch => new Batch(executor, transactions, batch.Members, reader, memories.Take()))];
        Work = [.. batches.Select((batch, i) => new LaneWork(_batches[i], batch.Gas, batch.Anchor))];
    }

    /// <summary>In the order of the batches.</summary>
    public IReadOnlyList<LaneWork> Work { get; }

    /// <summary>What came of a batch, for <see cref="ISendable.Adopt"/>: once its work is complete.</summary>
    public byte[] Encode(int batch) => _batches[batch].Encode();

    /// <summary>Gives the tables back: after that nothing can be looked at.</summary>
    public void Release()
    {
        foreach (var batch in _batches)
        {
            _memories.Return(batch.Memory);
        }
    }
}
