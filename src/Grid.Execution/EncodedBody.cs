using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution;

/// <summary>What of a header follows from the body and the receipts, without the state: it can be computed while the state is still being hashed.</summary>
public sealed record BodyRoots(Hash256 Transactions, Hash256 Receipts, Bloom LogsBloom)
{
    public static BodyRoots Of(BlockExecution execution)
    {
        var receipts = EncodedReceipts.Of(execution.Receipts);
        return new BodyRoots(BlockRoots.OfTransactions(execution.Transactions), receipts.List.ComputeRoot(), receipts.LogsBloom);
    }
}

/// <summary>
/// What of a committed block follows from its execution alone: roots, and what the journal keeps, each encoded once. Immutable.
/// </summary>
/// <param name="Transactions">RLP of the body's list of transactions.</param>
/// <param name="Receipts">RLP list of byte strings, each a receipt's trie form.</param>
/// <param name="AccessList">The access list's compact encoding.</param>
public sealed record EncodedBody(BodyRoots Roots, byte[] Transactions, byte[] Receipts, byte[] AccessList, Hash256[] Hashes, Address[] Senders)
{
    private const int TransactionsPerRange = 1024;

    /// <param name="parallelism">How many threads may work at once.</param>
    public static EncodedBody Of(BlockExecution execution, int parallelism = 1)
    {
        var receipts = EncodedReceipts.Of(execution.Receipts, parallelism);
        var receiptsRoot = receipts.List.ComputeRoot(parallelism);
        var transactions = EncodedList.Of(execution.Transactions, parallelism);
        var roots = new BodyRoots(transactions.ComputeRoot(parallelism), receiptsRoot, receipts.LogsBloom);
        var hashes = new Hash256[execution.Transactions.Length];
        var senders = new Address[hashes.Length];
        WorkRanges.Run(hashes.Length, parallelism, TransactionsPerRange, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                hashes[i] = execution.Transactions[i].Hash;
                senders[i] = execution.Transactions[i].Sender;
            }
        });
        return new EncodedBody(roots, transactions.Bytes, receipts.List.Bytes, execution.AccessList.Encode(parallelism), hashes, senders);
    }
}
