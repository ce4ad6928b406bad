using Grid.Primitives;

namespace Grid.Evm;

/// <summary>What the block opcodes read. Immutable: one instance serves all transactions of a block, on any thread.</summary>
public sealed class BlockContext
{
    public required ulong Number { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required ulong Timestamp { get; init; }

    public required Address Coinbase { get; init; }

    public required ulong GasLimit { get; init; }

    /// <summary>Wei per gas (EIP-1559); zero before London.</summary>
    public UInt256 BaseFee { get; init; }

    /// <summary>The difficulty before Paris, the beacon chain's randomness from then on (EIP-4399).</summary>
    public UInt256 PrevRandao { get; init; }

    /// <summary>Wei per blob gas (EIP-7516).</summary>
    public UInt256 BlobBaseFee { get; init; }

    public UInt256 ChainId { get; init; }

    public required IBlockHashes BlockHashes { get; init; }
}

/// <summary>Where BLOCKHASH finds the hashes of earlier blocks.</summary>
public interface IBlockHashes
{
    /// <summary>
    /// The hash of one of the last 256 blocks. The interpreter asks for no other; zero where there is none. Called on the
    /// thread that executes.
    /// </summary>
    Hash256 GetBlockHash(ulong number);
}
