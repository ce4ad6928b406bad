using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Import;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>The chain that a fixture starts with: its network, the state `pre`, and the genesis block.</summary>
public static class FixtureChain
{
    /// <summary>The blocks of the largest fixture, and some.</summary>
    private const int BlocksMax = 4_096;

    /// <exception cref="FixtureFormatException">The network isn't known, or the genesis block isn't that of the state.</exception>
    public static ChainTree Load(JsonElement entry)
    {
        var config = entry.OptionalField("config");
        var network = entry.Field("network").Text();
        var spec = Networks.TryParse(network, config?.OptionalField("chainid")?.Number() ?? 1, BlobScheduleReader.Read(config))
            ?? throw new FixtureFormatException($"The network '{network}' is not known.");
        var state = FixtureState.Load(entry.Field("pre"));
        var genesis = ReadGenesis(entry);
        if (genesis.Header.StateRoot != state.Root)
        {
            throw new FixtureFormatException($"The genesis block has the state root {genesis.Header.StateRoot}, and `pre` makes {state.Root}.");
        }
        var hash = entry.Field("genesisBlockHeader").Field("hash").Hash();
        return genesis.Hash == hash
            ? new ChainTree(spec, genesis, state, BlocksMax)
            : throw new FixtureFormatException($"The genesis block has the hash {genesis.Hash}, and the file says {hash}.");
    }

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
