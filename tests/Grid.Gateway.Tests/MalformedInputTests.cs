using System.Text.Json;
using Grid.Chain;
using Grid.Gateway.Tests.Hosts;
using Grid.Primitives;

namespace Grid.Gateway.Tests;

/// <summary>Malformed and refused transactions get the right error, by JSON-RPC and by REST, and change nothing.</summary>
[Collection(NodeHost.Collection)]
public sealed class MalformedInputTests(NodeHost node)
{
    private const int Sender = 2;

    /// <summary>An account that sends nothing, so that its nonce is 0.</summary>
    private const int Unused = 9;

    private static readonly Address Receiver = Address.Parse("0x000000000000000000000000000000000000d00d");

    /// <summary>The order of secp256k1: SEC 2, section 2.4.1.</summary>
    private static readonly UInt256 CurveOrder = UInt256.Parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    private static Address From => Transfers.Account(Sender).Address;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, int> Refusals() => new()
    {
        { "empty", "typed transaction too short", "empty", 400 },
        { "truncated", "^rlp: value size exceeds available input length", "malformed-rlp", 400 },
        { "trailing byte", "^rlp: ", "malformed-rlp", 400 },
        { "unknown type", "^transaction type not supported$", "unknown-type", 400 },
        { "wrong chain", "^invalid sender: invalid chain id for signer: have 1 want 31337$", "chain-id-mismatch", 422 },
        { "bad signature", "invalid transaction v, r, s values", "invalid-signature", 400 },
        { "high s", "invalid transaction v, r, s values", "signature-s-too-high", 422 },
        { "intrinsic gas", "^intrinsic gas too low: gas 20999, minimum needed 21000$", "intrinsic-gas-too-low", 422 },
        { "over the transaction's gas limit", @"^transaction gas limit too high \(cap: 16777216, tx: 16777217\)$", "gas-limit-above-maximum", 422 },
        { "tip above fee", "^max priority fee per gas higher than max fee per gas: address 0x[0-9a-f]{40}, maxPriorityFeePerGas: 4000000000, maxFeePerGas: 3000000000$", "priority-fee-above-max-fee", 422 },
        { "too poor", "^insufficient funds for gas \\* price \\+ value: address 0x[0-9a-f]{40} have \\d+ want \\d+$", "insufficient-funds", 422 },
        { "far nonce", "^nonce too high: ", "nonce-too-far-ahead", 422 },
        { "without authorizations", "^EIP-7702 transaction with empty auth list$", "empty-authorization-list", 422 },
        { "initcode", "^max initcode size exceeded: code size 49153, limit 49152$", "initcode-too-large", 422 },
        { "no hex", "invalid argument 0: invalid hex string", "invalid-hex", 400 },
    };

    [Theory, MemberData(nameof(Refusals))]
    public async Task Is_refused_and_changes_nothing(string what, string message, string code, int status)
    {
        var raw = Make(what);
        var before = await Snapshot();

        var rpc = await node.Gateway.ErrorAsync("eth_sendRawTransaction", $"[\"{raw}\"]");
        Assert.Equal(what == "no hex" ? -32602 : -32000, rpc.Code);
        Assert.Matches(message, rpc.Message);
        var rest = await Assert.ThrowsAsync<Client.GridException>(() => node.Client.SubmitAsync(raw, Cancellation));
        Assert.Equal((code, status), (rest.Problem.Code, rest.Problem.Status));

        Assert.Equal(before, await Snapshot());
    }

    [Fact]
    public async Task A_used_nonce_and_a_cheap_replacement_are_refused()
    {
        var nonce = (await node.Client.GetAccountAsync(From.ToString(), cancellation: Cancellation)).PendingNonce;
        await node.Client.SubmitAsync(Transfers.Raw(Sender, nonce, Receiver), Cancellation);
        var before = await Snapshot();

        Assert.Equal(
            (-32000, "replacement transaction underpriced", null),
            await node.Gateway.ErrorAsync("eth_sendRawTransaction", $"[\"{Transfers.Raw(Sender, nonce, Receiver, 2)}\"]"));
        Assert.Equal(before, await Snapshot());
        await node.MineAsync();
        before = await Snapshot();

        Assert.Equal(
            (-32000, $"nonce too low: address {From}, tx: {nonce} state: {nonce + 1}", null),
            await node.Gateway.ErrorAsync("eth_sendRawTransaction", $"[\"{Transfers.Raw(Sender, nonce, Receiver, 3)}\"]"));
        Assert.Equal(before, await Snapshot());
    }

    [Fact]
    public async Task A_nonce_ahead_waits_for_the_one_before()
    {
        var nonce = (await node.Client.GetAccountAsync(From.ToString(), cancellation: Cancellation)).PendingNonce;
        var later = await node.Client.SubmitAsync(Transfers.Raw(Sender, nonce + 1, Receiver), Cancellation);
        await node.MineAsync();
        Assert.Equal("pending", (await node.Client.GetTransactionAsync(later, Cancellation))!.Status);

        await node.Client.SubmitAsync(Transfers.Raw(Sender, nonce, Receiver), Cancellation);
        await node.MineAsync();

        Assert.Equal("included", (await node.Client.GetTransactionAsync(later, Cancellation))!.Status);
    }

    [Fact]
    public async Task Wrong_bodies_are_refused()
    {
        foreach (var (body, type, code) in new[] { ("{", "application/json", "malformed-json"), ("7", "application/json", "invalid-body"), ("0x", "application/xml", "unsupported-media-type") })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, type);
            using var response = await node.Http.PostAsync(new Uri("/v1/transactions", UriKind.Relative), content, Cancellation);
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
            Assert.Equal(code, problem.GetProperty("code").GetString());
        }
        using var text = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"evm_mine"}""", System.Text.Encoding.UTF8, "text/plain");
        using var refused = await node.Http.PostAsync(new Uri("/", UriKind.Relative), text, Cancellation);
        Assert.Equal(415, (int)refused.StatusCode);
    }

    private static string Make(string what)
    {
        var signer = Transfers.Account(Sender);
        var good = signer.Sign(Transfers.Unsigned(0, Receiver));
        return what switch
        {
            "empty" => "0x",
            "truncated" => Transfers.RawOf(good)[..^2],
            "trailing byte" => Transfers.RawOf(good) + "00",
            "unknown type" => "0x05" + Transfers.RawOf(good)[4..],
            "wrong chain" => Signed(chainId: 1),
            "bad signature" => Transfers.RawOf(Unsigned(r: UInt256.Zero)),
            "high s" => Transfers.RawOf(Unsigned(r: good.R, s: CurveOrder - good.S, yParity: (byte)(1 - good.YParity))),
            "intrinsic gas" => Signed(gasLimit: 20_999),
            "over the transaction's gas limit" => Signed(gasLimit: (1 << 24) + 1),
            "tip above fee" => Signed(tip: Transfers.Gwei * 4),
            "too poor" => Signed(account: Unused, value: DevelopmentAccounts.BalanceWei),
            "far nonce" => Signed(nonce: 1_000_000),
            "without authorizations" => Signed(type: TransactionType.SetCode),
            "initcode" => Transfers.Raw(Sender, 0, null, 0, 10_000_000, new byte[49_153]),
            "no hex" => "0xzz",
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }

    private static string Signed(
        int account = Sender,
        ulong chainId = DevelopmentAccounts.ChainId,
        ulong nonce = 0,
        ulong gasLimit = 21_000,
        UInt256? tip = null,
        UInt256? value = null,
        TransactionType type = TransactionType.DynamicFee) => Transfers.RawOf(Transfers.Account(account).Sign(new Transaction
        {
            Type = type,
            ChainId = chainId,
            Nonce = nonce,
            GasLimit = gasLimit,
            MaxFeePerGas = Transfers.Gwei * 3,
            MaxPriorityFeePerGas = tip ?? Transfers.Gwei,
            To = Receiver,
            Value = value ?? 1,
        }));

    private static Transaction Unsigned(UInt256 r, UInt256? s = null, byte yParity = 0) => new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = DevelopmentAccounts.ChainId,
        GasLimit = 21_000,
        MaxFeePerGas = Transfers.Gwei * 3,
        MaxPriorityFeePerGas = Transfers.Gwei,
        To = Receiver,
        Value = 1,
        YParity = yParity,
        R = r,
        S = s ?? 1,
    };

    /// <summary>The head and the sender: balance, nonce, and what waits of it.</summary>
    private async Task<string> Snapshot()
    {
        var head = await node.Gateway.ResultAsync("eth_blockNumber");
        return $"{head} {await node.Client.GetAccountAsync(From.ToString(), cancellation: Cancellation)}";
    }
}
