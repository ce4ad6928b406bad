using System.Text.Json;
using Grid.Client;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.EndToEnd;

/// <summary>What applications do through REST.</summary>
public sealed class RestTests(InstantNode instant) : IClassFixture<InstantNode>
{
    private const ulong Supply = 1_000_000;

    private static readonly TimeSpan InclusionTimeout = TimeSpan.FromSeconds(20);

    private GridClient Client => instant.Node.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ether_is_sent()
    {
        var receiver = Wallet.NewReceiver().ToString();
        var sender = await Client.GetAccountAsync(Wallet.AddressOf(0).ToString(), cancellation: Cancellation);
        var included = await SendAsync(Wallet.Raw(0, sender.PendingNonce, Address.Parse(receiver), valueWei: 77));
        Assert.True(included.Receipt!.Succeeded);
        Assert.Equal(21_000UL, included.Receipt.GasUsed);
        Assert.Equal("77", (await Client.GetAccountAsync(receiver, cancellation: Cancellation)).Balance);
        Assert.Equal("0", (await Client.GetAccountAsync(receiver, $"{included.Block!.Number - 1}", Cancellation)).Balance);
        Assert.Equal(sender.Nonce + 1, (await Client.GetAccountAsync(sender.Address, cancellation: Cancellation)).Nonce);
        var block = await Client.GetBlockAsync(included.Block.Hash, fullTransactions: true, Cancellation);
        Assert.Equal(included.Block.Number, block!.Number);
        Assert.Equal(included.Hash, block.Transactions![included.Block.Index].Hash);
        Assert.Null(await Client.GetBlockAsync(block.Number + 1_000, cancellation: Cancellation));
        Assert.Null(await Client.GetTransactionAsync(Hash256.Zero.ToString(), Cancellation));
    }

    [Fact]
    public async Task A_token_is_deployed_transferred_and_read()
    {
        Installation.RequireClients();
        var contracts = JsonElement.Parse(await File.ReadAllTextAsync(await JavaScriptClient.CompiledContracts, Cancellation));
        var code = Hex.Decode(contracts.GetProperty("Token").GetProperty("bytecode").GetString());
        var owner = Wallet.AddressOf(1);
        var nonce = (await Client.GetAccountAsync(owner.ToString(), cancellation: Cancellation)).PendingNonce;
        var deployed = await SendAsync(Wallet.Raw(1, nonce, null, valueWei: 0, gasLimit: 2_000_000, data: [.. code, .. Word(Supply)]));
        Assert.True(deployed.Receipt!.Succeeded);
        var token = deployed.Receipt.ContractAddress!;
        Assert.True((await Client.GetAccountAsync(token, cancellation: Cancellation)).HasCode);

        var receiver = Wallet.NewReceiver();
        var moved = await SendAsync(Wallet.Raw(1, nonce + 1, Address.Parse(token), valueWei: 0, gasLimit: 100_000, data: TransferCall(receiver, 400)));
        Assert.True(moved.Receipt!.Succeeded);
        var log = Assert.Single(moved.Receipt.Logs);
        Assert.Equal(token, log.Address);
        Assert.Equal(Keccak256.Hash("Transfer(address,address,uint256)"u8).ToString(), log.Topics[0]);
        Assert.Equal(Hex.Encode(Word(400)), log.Data);
        Assert.Equal(Hex.Encode(Word(400)), (await Client.GetStorageAsync(token, BalanceSlot(receiver), cancellation: Cancellation)).Value);
        Assert.Equal(Hex.Encode(Word(Supply - 400)), (await Client.GetStorageAsync(token, BalanceSlot(owner), cancellation: Cancellation)).Value);

        var failed = await SendAsync(Wallet.Raw(1, nonce + 2, Address.Parse(token), valueWei: 0, gasLimit: 100_000, data: TransferCall(receiver, Supply)));
        Assert.False(failed.Receipt!.Succeeded);
        Assert.Empty(failed.Receipt.Logs);
    }

    [Fact]
    public async Task Load_and_reference_are_shown()
    {
        var nonce = (await Client.GetAccountAsync(Wallet.AddressOf(2).ToString(), cancellation: Cancellation)).PendingNonce;
        await SendAsync(Wallet.Raw(2, nonce, Wallet.NewReceiver()));
        var silo = Assert.Single((await Client.GetGrainsAsync(Cancellation)).Silos);
        Assert.Contains(silo.GrainTypes, x => x.Turns > 0);
        Assert.Equal(Enumerable.Range(0, 16), silo.Shards.Order());
        var description = JsonElement.Parse(await instant.Node.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation));
        Assert.True(description.GetProperty("paths").TryGetProperty("/v1/transactions", out _));
    }

    /// <summary>Submits a transaction and waits until it is in a block.</summary>
    private async Task<TransactionInfo> SendAsync(string raw)
    {
        var hash = await Client.SubmitAsync(raw, Cancellation);
        TransactionInfo? seen = null;
        await instant.Node.PollAsync($"{hash} is included", InclusionTimeout, async () => (seen = await Client.GetTransactionAsync(hash, Cancellation))?.Status == "included");
        return seen!;
    }

    private static byte[] Word(ulong value) => Hex.Decode(Hash256.FromWord(value).ToString());

    private static byte[] Padded(Address address) => Hex.Decode("0x000000000000000000000000" + address.ToString()[2..]);

    private static byte[] TransferCall(Address to, ulong amount) => [.. Hex.Decode(Keccak256.Hash("transfer(address,uint256)"u8).ToString().AsSpan(0, 10)), .. Padded(to), .. Word(amount)];

    /// <summary>Where OpenZeppelin's ERC-20 keeps a balance: the mapping is its first variable.</summary>
    private static string BalanceSlot(Address holder) => Keccak256.Hash([.. Padded(holder), .. Word(0)]).ToString();
}
