using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>The chain that a fixture starts with: its network, the state `pre`, and the genesis block.</summary>
public static class FixtureChain
{
    /// <summary>Where pectra-devnet-5 had the new contracts.</summary>
    private static readonly SystemContractAddresses PragueDevnet = SystemContractAddresses.Mainnet with
    {
        HistoryStorage = Primitives.Address.Parse("0x0f792be4b0c0cb4dae440ef133e90c0ecd48cccc"),
        WithdrawalRequests = Primitives.Address.Parse("0x0c15f14308530b7cdb8460094bbb9cc28b9aaaaa"),
        ConsolidationRequests = Primitives.Address.Parse("0x00431f263ce400f4455c2dcf564e53007ca4bbbb"),
    };

    /// <exception cref="FixtureFormatException">The network isn't known, or the genesis block isn't that of the state.</exception>
    /// <param name="requireSystemContracts">Whether a block without the contracts of EIP-7002 and EIP-7251 is invalid.</param>
    public static ChainStart Load(JsonElement entry, bool requireSystemContracts = true)
    {
        var config = entry.OptionalField("config");
        var network = entry.Field("network").Text();
        var spec = Networks.TryParse(network, config?.OptionalField("chainid")?.Number() ?? 1, BlobScheduleReader.Read(config))
            ?? throw new FixtureFormatException($"The network '{network}' is not known.");
        spec = spec.WithSystemContractsRequired(requireSystemContracts);
        if (IsOfDevnet(entry))
        {
            spec = spec with { SystemContractAddresses = PragueDevnet };
        }
        var accounts = FixtureState.Changes(entry.Field("pre"));
        var state = WorldTrie.Empty().Apply(accounts);
        var genesis = ReadGenesis(entry);
        if (genesis.Header.StateRoot != state.Root)
        {
            throw new FixtureFormatException($"The genesis block has the state root {genesis.Header.StateRoot}, and `pre` makes {state.Root}.");
        }
        var hash = entry.Field("genesisBlockHeader").Field("hash").Hash();
        return genesis.Hash == hash
            ? new ChainStart(spec, genesis, accounts, state)
            : throw new FixtureFormatException($"The genesis block has the hash {genesis.Hash}, and the file says {hash}.");
    }

    /// <summary>Whether it is a fill of Prague from before its rules were final.</summary>
    public static bool IsOfDevnet(JsonElement entry) => entry.OptionalField("config") is null && entry.Field("network").Text().Contains(nameof(Fork.Prague), StringComparison.Ordinal);

    private static Block ReadGenesis(JsonElement entry)
    {
        if (entry.OptionalField("genesisRLP") is { } rlp)
        {
            return Block.TryDecode(rlp.Bytes(), out var block, out var error)
                ? block
                : throw new FixtureFormatException($"The genesis block can't be decoded: {error.Code}.");
        }
        var header = ReadHeader(entry.Field("genesisBlockHeader"));
        return new Block(header, [], [], header.WithdrawalsRoot is null ? null : []);
    }

    private static BlockHeader ReadHeader(JsonElement json) => new()
    {
        ParentHash = json.Field("parentHash").Hash(),
        OmmersHash = json.Field("uncleHash").Hash(),
        Beneficiary = json.Field("coinbase").Address(),
        StateRoot = json.Field("stateRoot").Hash(),
        TransactionsRoot = json.Field("transactionsTrie").Hash(),
        ReceiptsRoot = json.Field("receiptTrie").Hash(),
        LogsBloom = Bloom.FromBytes(json.Field("bloom").Bytes()),
        Difficulty = json.Field("difficulty").Word(),
        Number = json.Field("number").Number(),
        GasLimit = json.Field("gasLimit").Number(),
        GasUsed = json.Field("gasUsed").Number(),
        Timestamp = json.Field("timestamp").Number(),
        ExtraData = json.Field("extraData").Bytes(),
        PrevRandao = json.Field("mixHash").Hash(),
        Nonce = json.Field("nonce").Number(),
        BaseFeePerGas = json.OptionalField("baseFeePerGas")?.Word(),
        WithdrawalsRoot = json.OptionalField("withdrawalsRoot")?.Hash(),
        BlobGasUsed = json.OptionalField("blobGasUsed")?.Number(),
        ExcessBlobGas = json.OptionalField("excessBlobGas")?.Number(),
        ParentBeaconBlockRoot = json.OptionalField("parentBeaconBlockRoot")?.Hash(),
        RequestsHash = json.OptionalField("requestsHash")?.Hash(),
        BlockAccessListHash = json.OptionalField("blockAccessListHash")?.Hash(),
    };
}
