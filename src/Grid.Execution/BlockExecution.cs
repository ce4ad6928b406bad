using Grid.Chain;
using Grid.Primitives;

namespace Grid.Execution;

/// <summary>A transaction that didn't get into a block that is built.</summary>
/// <param name="Index">Its place in the list that was offered.</param>
public readonly record struct RejectedTransaction(int Index, TransactionError Error);

/// <summary>What executing a block led to, before its state root is known. Immutable.</summary>
public sealed record BlockExecution
{
    private Bloom? _logsBloom;

    public required BlockEnvironment Environment { get; init; }

    /// <summary>In block order.</summary>
    public required Transaction[] Transactions { get; init; }

    /// <summary>In block order.</summary>
    public required Receipt[] Receipts { get; init; }

    /// <summary>Transactions that were passed over; none where a given block was executed.</summary>
    public required RejectedTransaction[] Rejected { get; init; }

    /// <summary>Gas units.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>Blob gas units.</summary>
    public required ulong BlobGasUsed { get; init; }

    /// <summary>
    /// The union of the receipts' blooms. Computed on first use, each receipt's for itself: <see cref="EncodedBody"/> has it from encoding them.
    /// </summary>
    public Bloom LogsBloom
    {
        get => _logsBloom ??= Bloom.Union(Receipts.Select(receipt => receipt.Bloom));
        init => _logsBloom = value;
    }

    public required BlockAccessList AccessList { get; init; }

    /// <summary>EIP-7685: request lists that aren't empty, each with its type byte, in the order of the types.</summary>
    public required byte[][] Requests { get; init; }

    /// <summary>The access list up to each transaction, where the executor was asked to keep them.</summary>
    public BlockAccessList[] IntermediateLists { get; init; } = [];
}
