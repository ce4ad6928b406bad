using Grid.Primitives;

namespace Grid.Evm;

/// <summary>What ORIGIN, GASPRICE and BLOBHASH read. Immutable.</summary>
public sealed class TransactionContext
{
    public required Address Origin { get; init; }

    /// <summary>Wei per gas: the effective price from London on.</summary>
    public UInt256 GasPrice { get; init; }

    /// <summary>The versioned hashes of the transaction's blobs (EIP-4844).</summary>
    public IReadOnlyList<Hash256> BlobHashes { get; init; } = [];
}
