using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Makes a workload of a description and a seed. The same two give the same bytes, on every machine.</summary>
internal static class WorkloadGenerator
{
    /// <summary>What a block of them takes of memory is bounded by this.</summary>
    public const int MaxTransactions = 100_000;

    /// <summary>Twice what the genesis block's base fee is; what block 1's is, and the tip, are below it.</summary>
    public static readonly UInt256 MaxFeePerGasWei = 2_000_000_000;

    private const ulong ChainId = 31337, GasLimitMin = 1_000_000_000, GenesisTimestamp = 1_799_999_988, BlockSeconds = 12;

    private static readonly UInt256 BaseFeeWei = 1_000_000_000, TipWei = 1_000_000_000;

    private static readonly Address Beneficiary = Address.Parse("0xc014ba5ec014ba5ec014ba5ec014ba5ec014ba5e");

    /// <param name="count">Transactions, from 1 to <see cref="MaxTransactions"/>.</param>
    public static BlockWorkload Generate(WorkloadDescription description, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxTransactions);
        var scene = new WorkloadScene(seed, count);
        var source = description.Kind.Open(description.Values, scene);
        var drafts = new Draft[count];
        var gas = 0UL;
        for (var i = 0; i < count; i++)
        {
            drafts[i] = source.Next(i);
            gas += drafts[i].GasLimit;
        }
        var transactions = new byte[count][];
        Parallel.For(0, count, i => transactions[i] = scene.Senders[i].Sign(Complete(drafts[i])).Encoded.ToArray());
        // All of them fit into block 1, whose gas limit is its parent's.
        var genesis = GenesisOf(scene, Math.Max(gas, GasLimitMin));
        var attributes = new BlockAttributes(GenesisTimestamp + BlockSeconds, Beneficiary, genesis.GasLimit);
        return new BlockWorkload(description.ToString(), genesis, attributes, transactions) { Seed = seed };
    }

    private static Transaction Complete(in Draft draft) => new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = ChainId,
        GasLimit = draft.GasLimit,
        MaxFeePerGas = MaxFeePerGasWei,
        MaxPriorityFeePerGas = TipWei,
        To = draft.To,
        Value = draft.ValueWei,
        Data = draft.Data,
    };

    /// <summary>Without system contracts, so that the block holds nothing but its transactions.</summary>
    private static Genesis GenesisOf(WorkloadScene scene, ulong gasLimit) => new()
    {
        Spec = ChainSpec.From(Fork.Osaka, ChainId).WithSystemContractsRequired(false),
        Accounts = scene.ToAccounts(),
        Timestamp = GenesisTimestamp,
        GasLimit = gasLimit,
        BaseFeePerGas = BaseFeeWei,
    };
}
