using System.Text.Json;
using Grid.Chain;

namespace Grid.EndToEnd;

/// <summary>What people do with Foundry's cast.</summary>
public sealed class CastTests(InstantNode instant) : IClassFixture<InstantNode>
{
    private const string Failed = "0x0", Succeeded = "0x1";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Ether_is_sent()
    {
        var receiver = Wallet.NewReceiver().ToString();
        var receipt = await SendAsync(0, receiver, "--value", "1ether");
        Assert.Equal(Succeeded, receipt.GetProperty("status").GetString());
        Assert.Equal("1000000000000000000", await CastAsync("balance", receiver));
        var hash = receipt.GetProperty("transactionHash").GetString()!;
        Assert.Equal("21000", (await CastAsync("receipt", hash, "gasUsed")).Split(' ')[0]);
        Assert.Equal(receipt.GetProperty("blockHash").GetString(), await CastAsync("block", ChainView.Number(receipt.GetProperty("blockNumber")).ToString(null, null), "--field", "hash"));
        Assert.Equal(Wallet.AddressOf(0).ToString(), (await CastAsync("tx", hash, "from")).ToLowerInvariant());
        Assert.Equal("31337", await CastAsync("chain-id"));
        Assert.Equal("1", await CastAsync("nonce", Wallet.AddressOf(0).ToString()));
        Assert.Equal("21000", await CastAsync("estimate", receiver, "--value", "1"));
    }

    [Fact]
    public async Task A_token_is_deployed_transferred_and_read()
    {
        Installation.RequireCast();
        var contracts = JsonElement.Parse(await File.ReadAllTextAsync(await JavaScriptClient.CompiledContracts, TestContext.Current.CancellationToken));
        var code = contracts.GetProperty("Token").GetProperty("bytecode").GetString()!;
        var deployed = await SendAsync(1, "--create", code, "constructor(uint256)", "1000");
        var token = deployed.GetProperty("contractAddress").GetString()!;
        var receiver = Wallet.NewReceiver().ToString();
        var moved = await SendAsync(1, token, "transfer(address,uint256)", receiver, "400");
        Assert.Equal(Succeeded, moved.GetProperty("status").GetString());
        Assert.Equal("400", await CastAsync("call", token, "balanceOf(address)(uint256)", receiver));
        Assert.Equal("\"Grid Token\"", await CastAsync("call", token, "name()(string)"));
        var logs = JsonElement.Parse(await CastAsync("logs", "--json", "--from-block", "0", "--address", token, "Transfer(address indexed,address indexed,uint256)", Wallet.AddressOf(1).ToString()));
        Assert.Equal(moved.GetProperty("transactionHash").GetString(), Assert.Single(logs.EnumerateArray()).GetProperty("transactionHash").GetString());

        var reverted = await RunAsync("call", token, "transfer(address,uint256)", receiver, "601", "--from", Wallet.AddressOf(1).ToString());
        Assert.NotEqual(0, reverted.ExitCode);
        Assert.Contains("execution reverted", reverted.Error, StringComparison.Ordinal);
        Assert.Contains("0xe450d38c", reverted.Error, StringComparison.Ordinal); // ERC20InsufficientBalance(address,uint256,uint256)
        var failed = await SendAsync(1, token, "transfer(address,uint256)", receiver, "601", "--gas-limit", "100000");
        Assert.Equal(Failed, failed.GetProperty("status").GetString());
        Assert.Equal("400", await CastAsync("call", token, "balanceOf(address)(uint256)", receiver));
    }

    private async Task<JsonElement> SendAsync(int account, params string[] arguments)
    {
        // The options precede what is sent: after --create come the constructor's arguments.
        return JsonElement.Parse(await CastAsync(["send", "--json", "--poll-interval", "1", "--private-key", DevelopmentAccounts.PrivateKeys[account].ToString(), .. arguments]));
    }

    private async Task<string> CastAsync(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, $"cast {string.Join(' ', arguments)}: {outcome.All}");
        return outcome.Output.Trim();
    }

    private Task<Outcome> RunAsync(params string[] arguments)
    {
        Installation.RequireCast();
        return RunningProcess.RunAsync(Installation.Cast!, [arguments[0], "--rpc-url", instant.Node.Url, .. arguments[1..]], Timeout);
    }
}
