using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Chain;
using Grid.Client;
using Grid.Primitives;

namespace Grid.EndToEnd;

/// <summary>What is wrong gets the right error, and changes nothing.</summary>
public sealed class MalformedInputTests(InstantNode instant) : IClassFixture<InstantNode>
{
    private const int Sender = 3;

    private const int OversizedBytes = 6 * 1024 * 1024;

    private static readonly TimeSpan InclusionTimeout = TimeSpan.FromSeconds(20);

    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000deadbeef");

    private NodeProcess Node => instant.Node;

    /// <summary>Name, what JSON-RPC says, and REST's status and code.</summary>
    public static TheoryData<string, string, int, string> Refusals => new()
    {
        { "nothing at all", "typed transaction too short", 400, "empty" },
        { "truncated RLP", "rlp: ", 400, "malformed-rlp" },
        { "bytes behind the end", "rlp: ", 400, "malformed-rlp" },
        { "an unknown type", "transaction type not supported", 400, "unknown-type" },
        { "another chain's id", "invalid chain id for signer", 422, "chain-id-mismatch" },
        { "no signature", "invalid transaction v, r, s values", 400, "invalid-signature" },
        { "an s in the upper half", "invalid transaction v, r, s values", 422, "signature-s-too-high" },
        { "a nonce that is used", "nonce too low", 422, "nonce-too-low" },
        { "a nonce far too high", "nonce too high", 422, "nonce-too-far-ahead" },
        { "more than the sender owns", "insufficient funds for gas * price + value", 422, "insufficient-funds" },
        { "too little gas", "intrinsic gas too low", 422, "intrinsic-gas-too-low" },
        { "more gas than a transaction may have", "transaction gas limit too high", 422, "gas-limit-above-maximum" },
        { "a priority fee above the fee", "max priority fee per gas higher than max fee per gas", 422, "priority-fee-above-max-fee" },
        { "too much data", "oversized data", 413, "too-large" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_transaction_is_refused(string name, string message, int status, string code)
    {
        await SpendFirstNonceAsync();
        var raw = RawOf(name);
        var before = await ChainView.ReadAsync(Node);

        var error = (await Node.PostAsync(new { jsonrpc = "2.0", id = 7, method = "eth_sendRawTransaction", @params = new[] { raw } })).GetProperty("error");
        Assert.Equal(-32000, error.GetProperty("code").GetInt32());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<GridException>(() => Node.Client.SubmitAsync(raw, TestContext.Current.CancellationToken));
        Assert.Equal((status, code), (refused.Problem.Status, refused.Problem.Code));
        var together = await Node.Client.SubmitAsync([raw, raw], TestContext.Current.CancellationToken);
        Assert.All(together, result => Assert.Equal(("rejected", code), (result.Status, result.Problem?.Code)));

        Assert.Equal(before, await ChainView.ReadAsync(Node));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x02f86b""", -32700)]
    [InlineData("1", -32600)]
    [InlineData("[]", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_mineBitcoin","params":[]}""", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":[]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":[7]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["02f8"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x02f"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xnobody","latest"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":[["0x00000000000000000000000000000000deadbeef"],"latest"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["newest",false]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest","no"]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":["latest"]}""", -32602)]
    public async Task A_request_is_refused(string body, int code)
    {
        var before = await ChainView.ReadAsync(Node);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Node.Http.PostAsync(new Uri("/", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(before, await ChainView.ReadAsync(Node));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/transactions")]
    public async Task An_oversized_body_is_refused(string path)
    {
        var before = await ChainView.ReadAsync(Node);
        using var content = new StringContent($"[\"0x{new string('0', OversizedBytes)}\"]", Encoding.ASCII, "application/json");
        using var response = await Node.Http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(before, await ChainView.ReadAsync(Node));
    }

    [Theory]
    [InlineData("{", 400, "malformed-json")]
    [InlineData("{}", 400, "invalid-body")]
    [InlineData("\"02f8\"", 400, "invalid-hex")]
    public async Task A_submission_is_refused(string body, int status, string code)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Node.Http.PostAsync(new Uri("/v1/transactions", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((status, code), ((int)response.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_nonce_ahead_waits_and_is_replaced_only_for_a_better_price()
    {
        const int sender = 4;
        var address = Wallet.AddressOf(sender).ToString();
        var nonce = await ChainView.NonceAsync(Node, address);
        var before = await ChainView.ReadAsync(Node);
        var ahead = await Node.Client.SubmitAsync(Wallet.Raw(sender, nonce + 1, Receiver, maxFeeGwei: 100), TestContext.Current.CancellationToken);

        var waiting = await ChainView.ReadAsync(Node);
        Assert.Equal(before with { Queued = before.Queued + 1 }, waiting);
        var refused = await Assert.ThrowsAsync<GridException>(() => Node.Client.SubmitAsync(Wallet.Raw(sender, nonce + 1, Receiver, valueWei: 2, maxFeeGwei: 100), TestContext.Current.CancellationToken));
        Assert.Equal((409, "replacement-underpriced"), (refused.Problem.Status, refused.Problem.Code));
        var again = await Node.PostAsync(new { jsonrpc = "2.0", id = 1, method = "eth_sendRawTransaction", @params = new[] { Wallet.Raw(sender, nonce + 1, Receiver, valueWei: 3, maxFeeGwei: 99) } });
        Assert.Equal("replacement transaction underpriced", again.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(waiting, await ChainView.ReadAsync(Node));
        Assert.Equal("pending", (await Node.Client.GetTransactionAsync(ahead, TestContext.Current.CancellationToken))?.Status);

        var first = await Node.Client.SubmitAsync(Wallet.Raw(sender, nonce, Receiver), TestContext.Current.CancellationToken);
        await Node.PollAsync("both are included", InclusionTimeout, async () => await ChainView.NonceAsync(Node, address) == nonce + 2);
        Assert.Equal("included", (await Node.Client.GetTransactionAsync(first, TestContext.Current.CancellationToken))?.Status);
        Assert.Equal("included", (await Node.Client.GetTransactionAsync(ahead, TestContext.Current.CancellationToken))?.Status);
    }

    /// <summary>So that there is a nonce that is used.</summary>
    private async Task SpendFirstNonceAsync()
    {
        var address = Wallet.AddressOf(Sender).ToString();
        if (await ChainView.NonceAsync(Node, address) == 0)
        {
            await Node.Client.SubmitAsync(Wallet.Raw(Sender, 0, Receiver));
            await Node.PollAsync("the first transfer is included", InclusionTimeout, async () => await ChainView.NonceAsync(Node, address) == 1);
        }
    }

    private static string RawOf(string name)
    {
        var good = Wallet.Sign(Sender, Wallet.Transfer(1, Receiver));
        return name switch
        {
            "nothing at all" => "0x",
            "truncated RLP" => Wallet.RawOf(good)[..^2],
            "bytes behind the end" => Wallet.RawOf(good) + "00",
            "an unknown type" => "0x7f" + Wallet.RawOf(good)[4..],
            "another chain's id" => Wallet.RawOf(Wallet.Sign(Sender, Wallet.Transfer(1, Receiver, chainId: 1))),
            "no signature" => Wallet.RawOf(WithSignature(good, 0, 0)),
            "an s in the upper half" => Wallet.RawOf(WithSignature(good, good.R, Secp256k1Order - good.S)),
            "a nonce that is used" => Wallet.Raw(Sender, 0, Receiver, valueWei: 2),
            "a nonce far too high" => Wallet.Raw(Sender, 1_000_000, Receiver),
            "more than the sender owns" => Wallet.RawOf(Wallet.Sign(Sender, Rich())),
            "too little gas" => Wallet.Raw(Sender, 1, Receiver, gasLimit: 20_999),
            "more gas than a transaction may have" => Wallet.Raw(Sender, 1, Receiver, gasLimit: TransactionRules.MaxGasLimit + 1),
            "a priority fee above the fee" => Wallet.Raw(Sender, 1, Receiver, maxFeeGwei: 0),
            "too much data" => Wallet.Raw(Sender, 1, Receiver, gasLimit: 16_000_000, data: new byte[129 * 1024]),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    /// <summary>The order of secp256k1's group (SEC 2, section 2.4.1).</summary>
    private static UInt256 Secp256k1Order => UInt256.Parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    private static Transaction Rich() => new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = DevelopmentAccounts.ChainId,
        Nonce = 1,
        GasLimit = 21_000,
        MaxFeePerGas = 3_000_000_000UL,
        To = Receiver,
        Value = DevelopmentAccounts.BalanceWei,
    };

    private static Transaction WithSignature(Transaction from, UInt256 r, UInt256 s) => new()
    {
        Type = from.Type,
        ChainId = from.ChainId,
        Nonce = from.Nonce,
        GasLimit = from.GasLimit,
        MaxFeePerGas = from.MaxFeePerGas,
        MaxPriorityFeePerGas = from.MaxPriorityFeePerGas,
        To = from.To,
        Value = from.Value,
        YParity = (byte)(1 - from.YParity),
        R = r,
        S = s,
    };
}
