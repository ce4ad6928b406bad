using System.Text;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain.Tests;

public class GenesisTests
{
    private static Genesis Parse(string json) => Genesis.Parse(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void A_file_is_read_as_geth_reads_it()
    {
        var genesis = Parse("""
            {
              "config": { "chainId": 99, "homesteadBlock": 0, "eip150Block": 1, "eip155Block": 2, "eip158Block": 2, "byzantiumBlock": 3, "constantinopleBlock": 4,
                "istanbulBlock": 5, "berlinBlock": 6, "londonBlock": 7, "mergeNetsplitBlock": 8, "terminalTotalDifficulty": 58750000000000000000000,
                "shanghaiTime": 100, "cancunTime": 200, "pragueTime": null, "ethash": { "a": [1, { "b": 2 }] },
                "blobSchedule": { "cancun": { "target": 1, "max": 2, "baseFeeUpdateFraction": 3 }, "unknown": { "target": 1 } } },
              "nonce": "0x42", "timestamp": "0x10", "extraData": "0x1234", "gasLimit": 5000, "difficulty": "17179869184", "unknown": [[]],
              "coinbase": "0x0000000000000000000000000000000000000001",
              "mixHash": "0x0000000000000000000000000000000000000000000000000000000000000002",
              "alloc": {
                "0x00000000000000000000000000000000000000AA": { "balance": "0x10", "nonce": "0x5", "code": "0x6001", "storage": { "0x01": "0x02", "03": "0x00" } },
                "00000000000000000000000000000000000000bb": { "balance": "20000000000000000000000", "secretKey": "0x1" }
              }
            }
            """);
        Assert.Equal(99UL, genesis.Spec.ChainId);
        Assert.Equal(UInt256.Parse("58750000000000000000000"), genesis.Spec.TerminalTotalDifficulty);
        Assert.Equal(4UL, genesis.Spec.ActivationOf(Fork.Petersburg));
        Assert.Equal(200UL, genesis.Spec.ActivationOf(Fork.Cancun));
        Assert.Null(genesis.Spec.ActivationOf(Fork.Prague));
        Assert.Equal(new BlobParameters(1, 2, 3), genesis.Spec.BlobParametersAt(Fork.Cancun));
        Assert.Equal((0x42UL, 16UL, 5000UL), (genesis.Nonce, genesis.Timestamp, genesis.GasLimit));
        Assert.Equal((UInt256)17179869184UL, genesis.Difficulty);
        Assert.Equal([0x12, 0x34], genesis.ExtraData);
        var contract = genesis.Accounts[0];
        Assert.Equal((Address.FromNumber(0xaa), 16, 5UL), (contract.Address, (int)contract.Balance.U0, contract.Nonce));
        Assert.Equal([0x60, 0x01], contract.Code!.Bytes);
        Assert.Equal([KeyValuePair.Create<UInt256, UInt256>(1, 2)], contract.Storage);
        Assert.Equal(UInt256.Parse("20000000000000000000000"), genesis.Accounts[1].Balance);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"alloc\":{\"0x12\":{}}}")]
    [InlineData("{\"alloc\":{\"0x00000000000000000000000000000000000000aa\":{\"balance\":\"zz\"}}}")]
    [InlineData("{\"gasLimit\":\"0x10000000000000000\"}")]
    [InlineData("{\"config\":{\"chainId\":true}}")]
    [InlineData("{\"config\":{\"blobSchedule\":{\"cancun\":{}}}}")]
    [InlineData("{\"mixHash\":\"0x12\"}")]
    public void A_malformed_file_is_named(string json) => Assert.Throws<GenesisFormatException>(() => Parse(json));

    [Fact]
    public void A_chain_that_begins_with_Prague_and_without_the_contracts_goes_without()
    {
        const string Config = "\"config\":{\"chainId\":1,\"londonBlock\":0,\"terminalTotalDifficulty\":0,\"shanghaiTime\":0,\"cancunTime\":0,\"pragueTime\":";
        Assert.False(Parse("{" + Config + "0},\"alloc\":{}}").Spec.RequireSystemContracts);
        // A chain that comes to Prague later must have deployed them by then.
        Assert.True(Parse("{" + Config + "5},\"alloc\":{}}").Spec.RequireSystemContracts);
        var withContracts = "\"alloc\":{\"0x00000961Ef480Eb55e80D19ad83579A64c007002\":{\"code\":\"0x00\"},\"0x0000BBdDc7CE488642fb579F8B00f3a590007251\":{\"code\":\"0x00\"}}}";
        Assert.True(Parse("{" + Config + "0}," + withContracts).Spec.RequireSystemContracts);
    }

    [Fact]
    public void The_development_genesis_is_Osaka_with_ten_rich_accounts_and_the_system_contracts()
    {
        var genesis = DevelopmentAccounts.Genesis(timestamp: 1);
        Assert.Equal((31337UL, Fork.Osaka, true), (genesis.Spec.ChainId, genesis.Fork, genesis.Spec.RequireSystemContracts));
        var world = WorldTrie.Empty().Apply(genesis.ToAccountChanges());
        foreach (var signer in DevelopmentAccounts.Signers)
        {
            Assert.True(world.TryGetAccount(signer.Address, out var record));
            Assert.Equal(UInt256.Parse("10000000000000000000000"), record!.Value.Balance);
        }
        var header = genesis.ToHeader(world.Root);
        Assert.NotNull(header.RequestsHash);
        Assert.Null(header.BlockAccessListHash);
        // The lengths of the codes in EIP-4788, EIP-2935, EIP-7002 and EIP-7251.
        Assert.Equal([97, 83, 504, 414], SystemContracts.GenesisAccounts().Select(account => account.Code!.Length));
    }

    [Fact]
    public void Of_an_address_named_twice_the_last_counts()
    {
        var changes = Parse("{\"alloc\":{\"0x00000000000000000000000000000000000000aa\":{\"balance\":\"1\"},\"0x00000000000000000000000000000000000000AA\":{\"balance\":\"2\"}}}").ToAccountChanges();
        Assert.Equal(2, Assert.Single(changes).After!.Value.Balance);
    }

    [Fact]
    public void Of_a_slot_named_twice_the_last_counts()
    {
        var genesis = Parse("{\"alloc\":{\"0x00000000000000000000000000000000000000aa\":{\"balance\":\"1\",\"storage\":{\"0x1\":\"0x2\",\"0x01\":\"0x3\",\"0x4\":\"0x5\",\"0x04\":\"0x0\"}}}}");
        var change = Assert.Single(genesis.ToAccountChanges());
        Assert.Equal([new SlotChange(1, 0, 3)], change.Slots.ToArray());
        WorldTrie.Empty().Apply([change]);
    }
}
