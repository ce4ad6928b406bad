using Grid.Chain;
using Grid.Evm;

namespace Grid.Execution.Waves;

/// <summary>What depends on a block's order beside the state: the room for each transaction, and what its receipt says of those before it.</summary>
internal static class BlockAdmission
{
    /// <summary>Admits the transactions in block order: by gas, blob gas and bytes. False where one has no place.</summary>
    /// <param name="receipts">Of all transactions, each as if it were the first; they get their cumulative gas.</param>
    public static bool TryAdmit(
        BlockEnvironment environment, ExecutionMode mode, IReadOnlyList<Transaction> transactions, Receipt[] receipts, out ulong gasUsed, out ulong blobGasUsed)
    {
        (gasUsed, blobGasUsed) = (0, 0);
        var bytes = 0L;
        for (var i = 0; i < receipts.Length; i++)
        {
            var transaction = transactions[i];
            bytes += transaction.Encoded.Length;
            if (transaction.GasLimit + gasUsed > environment.Context.GasLimit
                || transaction.BlobGas + blobGasUsed > environment.MaxBlobGas
                || (mode == ExecutionMode.Build && bytes > SequentialExecutor.TransactionBytesMax))
            {
                return false;
            }
            gasUsed += receipts[i].GasUsed;
            blobGasUsed += transaction.BlobGas;
            receipts[i] = receipts[i].WithCumulativeGasUsed(gasUsed);
        }
        return true;
    }

    /// <summary>All requests of a block (EIP-7685); false where a deposit's event is malformed (EIP-6110).</summary>
    /// <param name="fromContracts">What the system contracts returned.</param>
    public static bool TryCollectRequests(BlockEnvironment environment, Receipt[] receipts, IReadOnlyList<byte[]> fromContracts, out byte[][] requests)
    {
        byte[] deposits = [];
        requests = [];
        if (environment.Fork >= Fork.Prague && !DepositRequests.TryCollect(receipts, environment.Spec.DepositContract, out deposits))
        {
            return false;
        }
        requests = [.. deposits.Length > 1 ? [deposits] : Array.Empty<byte[]>(), .. fromContracts];
        return true;
    }
}
