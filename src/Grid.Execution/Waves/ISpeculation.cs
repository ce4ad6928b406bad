using Grid.Chain;

namespace Grid.Execution.Waves;

/// <summary>Outcomes of a block's transactions that were executed ahead of their turn.</summary>
internal interface ISpeculation
{
    /// <summary>
    /// Does in the world what the transaction did elsewhere, if it would do the same here: all that it read is as it saw it. The world's
    /// transaction is begun and ended then; otherwise nothing changes.
    /// </summary>
    /// <param name="index">The transaction's place in the block, from 0.</param>
    /// <param name="gasUsedBefore">Gas units that earlier transactions of the block used.</param>
    /// <param name="blobGasUsedBefore">Blob gas units.</param>
    bool TryReplay(int index, TransactionWorld world, ulong gasUsedBefore, ulong blobGasUsedBefore, out TransactionResult result);
}
