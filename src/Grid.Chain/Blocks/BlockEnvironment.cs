using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>What a block's maker chooses; the rest follows from its parent.</summary>
/// <param name="Timestamp">Seconds since 1970; after the parent's.</param>
/// <param name="Beneficiary">The fee recipient.</param>
/// <param name="GasLimit">Gas units.</param>
public sealed record BlockAttributes(ulong Timestamp, Address Beneficiary, ulong GasLimit)
{
    /// <summary>The beacon chain's randomness (EIP-4399).</summary>
    public Hash256 PrevRandao { get; init; }

    /// <summary>EIP-4788.</summary>
    public Hash256 ParentBeaconBlockRoot { get; init; }

    /// <summary>EIP-4895.</summary>
    public Withdrawal[] Withdrawals { get; init; } = [];

    /// <summary>Up to 32 bytes.</summary>
    public byte[] ExtraData { get; init; } = [];
}

/// <summary>
/// All that a block's execution depends on besides the state and the transactions. Immutable: lanes on any thread share it.
/// </summary>
public sealed class BlockEnvironment
{
    private BlockEnvironment(ChainSpec spec, Fork fork, BlockHeader header, Withdrawal[] withdrawals, IBlockHashes hashes)
    {
        Spec = spec;
        Fork = fork;
        Header = header;
        Withdrawals = withdrawals;
        BlobParameters = spec.BlobParametersAt(fork);
        BaseFeePerBlobGas = BlobParameters is { } blobs ? BlobGasRules.BaseFeePerBlobGas(header.ExcessBlobGas ?? 0, blobs) : UInt256.Zero;
        Context = new BlockContext
        {
            Number = header.Number,
            Timestamp = header.Timestamp,
            Coinbase = header.Beneficiary,
            GasLimit = header.GasLimit,
            BaseFee = header.BaseFeePerGas ?? UInt256.Zero,
            PrevRandao = fork >= Fork.Paris ? header.PrevRandao.ToWord() : header.Difficulty,
            BlobBaseFee = BaseFeePerBlobGas,
            ChainId = spec.ChainId,
            BlockHashes = hashes,
        };
    }

    public ChainSpec Spec { get; }

    public Fork Fork { get; }

    /// <summary>
    /// The header with what is known before execution; of an imported block the whole header. Roots, gas used and blob gas used are no
    /// input of the execution.
    /// </summary>
    public BlockHeader Header { get; }

    public Withdrawal[] Withdrawals { get; }

    /// <summary>What the interpreter reads.</summary>
    public BlockContext Context { get; }

    /// <summary>Null before Cancun.</summary>
    public BlobParameters? BlobParameters { get; }

    /// <summary>Wei per blob gas; zero before Cancun.</summary>
    public UInt256 BaseFeePerBlobGas { get; }

    public UInt256 BaseFeePerGas => Context.BaseFee;

    /// <summary>Blob gas units that a block may use.</summary>
    public ulong MaxBlobGas => (BlobParameters?.Max ?? 0) * BlobGasRules.GasPerBlob;

    /// <summary>The same block with a base fee of zero: for calls that name no price.</summary>
    public BlockEnvironment WithoutBaseFee() => new(this);

    private BlockEnvironment(BlockEnvironment other)
    {
        Spec = other.Spec;
        Fork = other.Fork;
        Header = other.Header;
        Withdrawals = other.Withdrawals;
        BlobParameters = other.BlobParameters;
        BaseFeePerBlobGas = other.BaseFeePerBlobGas;
        Context = new BlockContext
        {
            Number = other.Context.Number,
            Timestamp = other.Context.Timestamp,
            Coinbase = other.Context.Coinbase,
            GasLimit = other.Context.GasLimit,
            PrevRandao = other.Context.PrevRandao,
            BlobBaseFee = other.Context.BlobBaseFee,
            ChainId = other.Context.ChainId,
            BlockHashes = other.Context.BlockHashes,
        };
    }

    /// <summary>The environment of a new block on this parent, after the merge.</summary>
    public static BlockEnvironment Next(ChainSpec spec, BlockHeader parent, BlockAttributes attributes, IBlockHashes hashes)
    {
        var fork = spec.ForkAt(parent.Number + 1, attributes.Timestamp, isAfterMerge: true);
        var header = new BlockHeader
        {
            ParentHash = parent.Hash,
            Beneficiary = attributes.Beneficiary,
            Number = parent.Number + 1,
            GasLimit = attributes.GasLimit,
            Timestamp = attributes.Timestamp,
            ExtraData = attributes.ExtraData,
            PrevRandao = attributes.PrevRandao,
            BaseFeePerGas = BaseFeeRules.Next(parent, fork),
            ExcessBlobGas = spec.BlobParametersAt(fork) is { } blobs && fork >= Fork.Cancun ? BlobGasRules.ExcessBlobGas(parent, fork, blobs) : null,
            ParentBeaconBlockRoot = fork >= Fork.Cancun ? attributes.ParentBeaconBlockRoot : null,
        };
        return new BlockEnvironment(spec, fork, header, attributes.Withdrawals, hashes);
    }

    /// <summary>The environment of a given block.</summary>
    public static BlockEnvironment Of(ChainSpec spec, Block block, IBlockHashes hashes) =>
        Of(spec, spec.ForkOf(block.Header), block.Header, block.Withdrawals ?? [], hashes);

    /// <summary>The environment of a given header under a fork that the caller knows: state tests, and chains around the merge.</summary>
    public static BlockEnvironment Of(ChainSpec spec, Fork fork, BlockHeader header, Withdrawal[] withdrawals, IBlockHashes hashes) =>
        new(spec, fork, header, withdrawals, hashes);
}
