using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Gateway.Tests.Hosts;
using Grid.Primitives;

namespace Grid.Gateway.Tests;

/// <summary>Every JSON-RPC method against a whole node.</summary>
[Collection(NodeHost.Collection)]
public sealed class NodeRpcTests(NodeHost node)
{
    private const int Sender = 0;
    private static readonly Address Receiver = Address.Parse("0x000000000000000000000000000000000000beef");

    private static string From => $"\"{Transfers.Account(Sender).Address}\"";

    [Fact]
    public async Task Says_what_it_is()
    {
        Assert.Equal("0x7a69", (await Result("eth_chainId")).GetString());
        Assert.Equal("31337", (await Result("net_version")).GetString());
        Assert.True((await Result("net_listening")).GetBoolean());
        Assert.False((await Result("eth_syncing")).GetBoolean());
        Assert.Equal(0, (await Result("eth_accounts")).GetArrayLength());
        Assert.Matches(@"^Grid/v\d+\.\d+\.\d+/[^/]+/dotnet10\.", (await Result("web3_clientVersion")).GetString());
        Assert.Equal(Keccak256.Hash([1, 2]).ToString(), (await Result("web3_sha3", "[\"0x0102\"]")).GetString());
    }

    [Fact]
    public async Task A_transfer_goes_from_the_pool_into_a_block()
    {
        var nonce = await NextNonce();
        var before = await Balance(Receiver);
        var raw = Transfers.Raw(Sender, nonce, Receiver, 1_000);

        var hash = (await Result("eth_sendRawTransaction", $"[\"{raw}\"]")).GetString();
        var pending = await Result("eth_getTransactionByHash", $"[\"{hash}\"]");
        Assert.Equal(JsonValueKind.Null, pending.GetProperty("blockHash").ValueKind);
        Assert.Equal(nonce + 1, await NextNonce());
        Assert.Equal(JsonValueKind.Null, (await Result("eth_getTransactionReceipt", $"[\"{hash}\"]")).ValueKind);
        await node.MineAsync();

        var receipt = await Result("eth_getTransactionReceipt", $"[\"{hash}\"]");
        var transaction = await Result("eth_getTransactionByHash", $"[\"{hash}\"]");
        Assert.Equal("0x1", receipt.GetProperty("status").GetString());
        Assert.Equal("0x5208", receipt.GetProperty("gasUsed").GetString());
        Assert.Equal(receipt.GetProperty("blockHash").GetString(), transaction.GetProperty("blockHash").GetString());
        Assert.Equal(receipt.GetProperty("effectiveGasPrice").GetString(), transaction.GetProperty("gasPrice").GetString());
        Assert.Equal(Transfers.Account(Sender).Address.ToString(), transaction.GetProperty("from").GetString());
        Assert.Equal(before + 1_000, await Balance(Receiver));
        Assert.Equal(before, await Balance(Receiver, Quantity(ReadQuantity(receipt.GetProperty("blockNumber")) - 1)));
        Assert.Equal(hash, (await Result("eth_sendRawTransaction", $"[\"{raw}\"]")).GetString());
    }

    [Fact]
    public async Task A_block_is_found_by_every_name()
    {
        var hash = (await Result("eth_sendRawTransaction", $"[\"{Transfers.Raw(Sender, await NextNonce(), Receiver)}\"]")).GetString();
        await node.MineAsync();
        var number = (await Result("eth_blockNumber")).GetString();

        var block = await Result("eth_getBlockByNumber", $"[\"{number}\",true]");
        var blockHash = block.GetProperty("hash").GetString();
        Assert.Equal(block.ToString(), (await Result("eth_getBlockByHash", $"[\"{blockHash}\",true]")).ToString());
        Assert.Equal(block.ToString(), (await Result("eth_getBlockByNumber", "[\"latest\",true]")).ToString());
        Assert.Equal(hash, block.GetProperty("transactions")[0].GetProperty("hash").GetString());
        Assert.Equal(hash, (await Result("eth_getBlockByNumber", $"[\"{number}\",false]")).GetProperty("transactions")[0].GetString());
        Assert.Equal("0x1", (await Result("eth_getBlockTransactionCountByNumber", $"[\"{number}\"]")).GetString());
        Assert.Equal("0x1", (await Result("eth_getBlockTransactionCountByHash", $"[\"{blockHash}\"]")).GetString());
        Assert.Equal("0x0", (await Result("eth_getUncleCountByBlockNumber", $"[\"{number}\"]")).GetString());
        Assert.Equal("0x0", (await Result("eth_getUncleCountByBlockHash", $"[\"{blockHash}\"]")).GetString());
        Assert.Equal(hash, (await Result("eth_getTransactionByBlockNumberAndIndex", $"[\"{number}\",\"0x0\"]")).GetProperty("hash").GetString());
        Assert.Equal(hash, (await Result("eth_getTransactionByBlockHashAndIndex", $"[\"{blockHash}\",\"0x0\"]")).GetProperty("hash").GetString());
        Assert.Equal(JsonValueKind.Null, (await Result("eth_getTransactionByBlockHashAndIndex", $"[\"{blockHash}\",\"0x1\"]")).ValueKind);
        var receipts = await Result("eth_getBlockReceipts", $"[\"{number}\"]");
        Assert.Equal((await Result("eth_getTransactionReceipt", $"[\"{hash}\"]")).ToString(), receipts[0].ToString());
        Assert.Equal(JsonValueKind.Null, (await Result("eth_getBlockReceipts", "[\"0xffff\"]")).ValueKind);
        Assert.Equal(JsonValueKind.Null, (await Result("eth_getBlockByNumber", "[\"0xffff\",false]")).ValueKind);
    }

    [Fact]
    public async Task The_shown_header_has_the_shown_hash()
    {
        await node.MineAsync();
        var block = await Result("eth_getBlockByNumber", "[\"latest\",false]");
        var parent = await Result("eth_getBlockByHash", $"[\"{block.GetProperty("parentHash").GetString()}\",false]");

        Assert.Equal(ReadQuantity(block.GetProperty("number")) - 1, ReadQuantity(parent.GetProperty("number")));
        string[] osaka = ["baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash", "withdrawals"];
        Assert.All(osaka, name => Assert.True(block.TryGetProperty(name, out _), name));
        Assert.True(ReadQuantity(block.GetProperty("timestamp")) > ReadQuantity(parent.GetProperty("timestamp")));
    }

    [Fact]
    public async Task A_contract_is_deployed_called_and_searched_for_logs()
    {
        var contract = await Deploy();
        Assert.Equal(Hex.Encode(SampleContract.Runtime), (await Result("eth_getCode", $"[{contract},\"latest\"]")).GetString());
        Assert.Equal(SampleContract.Word(0), (await Result("eth_call", $"[{{\"to\":{contract}}},\"latest\"]")).GetString());

        var call = $"{{\"from\":{From},\"to\":{contract},\"data\":\"{SampleContract.Word(7)}\"}}";
        var gas = ReadQuantity(await Result("eth_estimateGas", $"[{call}]"));
        var hash = await Send(await NextNonce(), Address.Parse(contract.Trim('"')), Hex.Decode(SampleContract.Word(7)), gas);
        var receipt = await Result("eth_getTransactionReceipt", $"[\"{hash}\"]");
        Assert.Equal("0x1", receipt.GetProperty("status").GetString());
        Assert.Equal(SampleContract.Word(7), (await Result("eth_getStorageAt", $"[{contract},\"0x0\",\"latest\"]")).GetString());
        Assert.Equal(SampleContract.Word(7), (await Result("eth_call", $"[{{\"to\":{contract}}}]")).GetString());

        var blockHash = receipt.GetProperty("blockHash").GetString();
        var filter = $"{{\"blockHash\":\"{blockHash}\",\"address\":{contract},\"topics\":[\"{SampleContract.Topic}\"]}}";
        var log = Assert.Single((await Result("eth_getLogs", $"[{filter}]")).EnumerateArray());
        Assert.Equal(SampleContract.Word(7), log.GetProperty("data").GetString());
        Assert.Equal(hash, log.GetProperty("transactionHash").GetString());
        Assert.Equal(log.ToString(), receipt.GetProperty("logs")[0].ToString());
        Assert.Single((await Result("eth_getLogs", $"[{{\"fromBlock\":\"0x0\",\"address\":{contract}}}]")).EnumerateArray());
        Assert.Empty((await Result("eth_getLogs", $"[{{\"fromBlock\":\"0x0\",\"address\":{contract},\"topics\":[\"{SampleContract.Word(1)}\"]}}]")).EnumerateArray());
    }

    [Fact]
    public async Task A_revert_tells_its_reason_and_its_data()
    {
        var contract = await Deploy();
        var call = $"[{{\"from\":{From},\"to\":{contract},\"data\":\"0x01\"}}]";

        var (code, message, data) = await node.Gateway.ErrorAsync("eth_call", call);
        Assert.Equal((3, "execution reverted: nope"), (code, message));
        Assert.StartsWith("0x08c379a0", data, StringComparison.Ordinal);
        Assert.Equal((3, "execution reverted: nope", data), await node.Gateway.ErrorAsync("eth_estimateGas", call));

        var hash = await Send(await NextNonce(), Address.Parse(contract.Trim('"')), [1], 100_000);
        Assert.Equal("0x0", (await Result("eth_getTransactionReceipt", $"[\"{hash}\"]")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_call_that_the_sender_cannot_pay_is_refused()
    {
        var (code, message, _) = await node.Gateway.ErrorAsync(
            "eth_call", $"[{{\"from\":\"0x00000000000000000000000000000000000000dd\",\"to\":{From},\"value\":\"0x1\"}}]");

        Assert.Equal(-32000, code);
        Assert.Contains("insufficient funds", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transfer_is_estimated_at_its_intrinsic_gas() =>
        Assert.Equal("0x5208", (await Result("eth_estimateGas", $"[{{\"from\":{From},\"to\":\"{Receiver}\",\"value\":\"0x1\"}}]")).GetString());

    [Fact]
    public async Task Fees_follow_the_head()
    {
        await Send(await NextNonce(), Receiver, [], 21_000);
        var head = await Result("eth_getBlockByNumber", "[\"latest\",false]");
        var tip = ReadQuantity(await Result("eth_maxPriorityFeePerGas"));
        var baseFee = ReadQuantity(await Result("eth_baseFee"));

        Assert.Equal(baseFee + tip, ReadQuantity(await Result("eth_gasPrice")));
        Assert.Equal("0x1", (await Result("eth_blobBaseFee")).GetString());
        var history = await Result("eth_feeHistory", "[2,\"latest\",[0,50,100]]");
        Assert.Equal(ReadQuantity(head.GetProperty("number")) - 1, ReadQuantity(history.GetProperty("oldestBlock")));
        Assert.Equal(3, history.GetProperty("baseFeePerGas").GetArrayLength());
        Assert.Equal(head.GetProperty("baseFeePerGas").GetString(), history.GetProperty("baseFeePerGas")[1].GetString());
        Assert.Equal(baseFee, ReadQuantity(history.GetProperty("baseFeePerGas")[2]));
        Assert.Equal(3, history.GetProperty("baseFeePerBlobGas").GetArrayLength());
        Assert.Equal(2, history.GetProperty("gasUsedRatio").GetArrayLength());
        Assert.Equal(["0x3b9aca00", "0x3b9aca00", "0x3b9aca00"], history.GetProperty("reward")[1].EnumerateArray().Select(x => x.GetString()));
        Assert.False((await Result("eth_feeHistory", "[\"0x1\",\"latest\"]")).TryGetProperty("reward", out _));
    }

    [Fact]
    public async Task Mining_makes_an_empty_block_and_takes_a_timestamp()
    {
        var head = ReadQuantity((await Result("eth_getBlockByNumber", "[\"latest\",false]")).GetProperty("timestamp"));

        await Result("evm_mine", $"[\"{Quantity(head + 100)}\"]");
        var block = await Result("eth_getBlockByNumber", "[\"latest\",false]");
        Assert.Equal(head + 100, ReadQuantity(block.GetProperty("timestamp")));
        await Result("evm_mine", $"[{{\"timestamp\":{head + 200}}}]");
        Assert.Equal(-32000, (await node.Gateway.ErrorAsync("evm_mine", $"[{head}]")).Code);
        Assert.Equal(head + 200, ReadQuantity((await Result("eth_getBlockByNumber", "[\"latest\",false]")).GetProperty("timestamp")));
    }

    [Fact]
    public async Task A_thousand_transfers_of_batches_land_in_order()
    {
        var first = await NextNonce();
        var before = await Balance(Receiver);
        var bodies = Enumerable.Range(0, 10).Select(batch => $"[{string.Join(',', Enumerable.Range(0, 100).Select(i =>
            $$"""{"jsonrpc":"2.0","id":{{i}},"method":"eth_sendRawTransaction","params":["{{Transfers.Raw(Sender, first + (ulong)((batch * 100) + i), Receiver)}}"]}"""))}]");
        foreach (var body in bodies)
        {
            var answers = JsonDocument.Parse(await node.Gateway.PostAsync(body)).RootElement;
            Assert.All(answers.EnumerateArray(), answer => Assert.True(answer.TryGetProperty("result", out _), answer.ToString()));
        }
        await node.MineAsync();

        var block = await Result("eth_getBlockByNumber", "[\"latest\",true]");
        Assert.Equal(
            Enumerable.Range(0, 1_000).Select(i => first + (ulong)i),
            block.GetProperty("transactions").EnumerateArray().Select(x => ReadQuantity(x.GetProperty("nonce"))));
        Assert.Equal(before + 1_000, await Balance(Receiver));
    }

    private Task<JsonElement> Result(string method, string parameters = "[]") => node.Gateway.ResultAsync(method, parameters);

    private async Task<ulong> NextNonce() => ReadQuantity(await Result("eth_getTransactionCount", $"[{From},\"pending\"]"));

    private async Task<UInt256> Balance(Address address, string block = "latest") =>
        UInt256.Parse((await Result("eth_getBalance", $"[\"{address}\",\"{block}\"]")).GetString());

    private async Task<string> Send(ulong nonce, Address? to, byte[] data, ulong gas)
    {
        var hash = (await Result("eth_sendRawTransaction", $"[\"{Transfers.Raw(Sender, nonce, to, 0, gas, data)}\"]")).GetString()!;
        await node.MineAsync();
        return hash;
    }

    /// <summary>Deploys the contract and returns its address in quotes.</summary>
    private async Task<string> Deploy()
    {
        var hash = await Send(await NextNonce(), null, SampleContract.Initcode, 500_000);
        var receipt = await Result("eth_getTransactionReceipt", $"[\"{hash}\"]");
        Assert.Equal(JsonValueKind.Null, receipt.GetProperty("to").ValueKind);
        return $"\"{receipt.GetProperty("contractAddress").GetString()}\"";
    }

    private static ulong ReadQuantity(JsonElement quantity) => (ulong)UInt256.Parse(quantity.GetString());

    private static string Quantity(ulong value) => ((UInt256)value).ToHex();
}
