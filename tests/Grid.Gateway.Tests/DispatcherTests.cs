using System.Text.Json;
using Grid.Gateway.Tests.Hosts;
using Grid.Grains.Pool;

namespace Grid.Gateway.Tests;

/// <summary>What JSON-RPC 2.0 itself says about requests, batches and notifications, with geth's texts.</summary>
public sealed class DispatcherTests : IAsyncLifetime
{
    private readonly FakeGrid _grid = new();
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync(_grid);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("{", -32700, "parse error")]
    [InlineData("", -32700, "parse error")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}x""", -32700, "parse error")]
    [InlineData("1", -32600, "invalid request")]
    [InlineData("{}", -32600, "invalid request")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}""", -32600, "invalid request")]
    [InlineData("""{"id":1,"method":"eth_chainId"}""", -32600, "invalid request")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600, "invalid request")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""", -32600, "invalid request")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}""", -32600, "invalid request")]
    [InlineData("[]", -32600, "empty batch")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_nothing"}""", -32601, "the method eth_nothing does not exist/is not available")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":[{}]}""", -32601, "the method eth_sendTransaction does not exist/is not available")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}""", -32602, "non-array args")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[1]}""", -32602, "too many arguments, want at most 0")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":[]}""", -32602, "missing value for required argument 0")]
    public async Task Refuses_what_is_no_request(string body, int code, string message)
    {
        var error = JsonDocument.Parse(await _host.PostAsync(body)).RootElement.GetProperty("error");

        Assert.Equal((code, message), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["\udc00","latest"]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"\ud800a":"0x"}]}""")]
    public async Task Half_a_surrogate_pair_is_no_text(string body)
    {
        var error = JsonDocument.Parse(await _host.PostAsync(body)).RootElement.GetProperty("error");

        Assert.Equal((-32700, "parse error"), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"a\"")]
    [InlineData("12345678901234567890123")]
    [InlineData("null")]
    public async Task Gives_the_id_back_as_it_came(string id)
    {
        var answer = await _host.PostAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"eth_chainId","params":null}""");

        Assert.Equal($$"""{"jsonrpc":"2.0","id":{{id}},"result":"0x7a69"}""", answer);
    }

    [Fact]
    public async Task A_notification_gets_no_answer()
    {
        Assert.Equal(string.Empty, await _host.PostAsync("""{"jsonrpc":"2.0","method":"eth_chainId"}"""));
        Assert.Equal(string.Empty, await _host.PostAsync("""[{"jsonrpc":"2.0","method":"eth_chainId"},{"jsonrpc":"2.0","method":"eth_nothing"}]"""));
        Assert.Equal(
            """[{"jsonrpc":"2.0","id":2,"result":false}]""",
            await _host.PostAsync("""[{"jsonrpc":"2.0","method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"eth_syncing"}]"""));
    }

    [Fact]
    public async Task A_batch_is_answered_in_order_and_each_call_for_itself()
    {
        var answer = await _host.PostAsync(
            """[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},7,{"jsonrpc":"2.0","id":2,"method":"eth_no"},{"jsonrpc":"2.0","id":3,"method":"net_version"}]""");

        Assert.Equal(
            """[{"jsonrpc":"2.0","id":1,"result":"0x7a69"},"""
            + """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}},"""
            + """{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"the method eth_no does not exist/is not available"}},"""
            + """{"jsonrpc":"2.0","id":3,"result":"31337"}]""",
            answer);
    }

    [Fact]
    public async Task Neighbouring_submissions_of_a_batch_enter_together_and_in_order()
    {
        var seen = new List<byte>();
        _grid.OnSubmit = raw =>
        {
            seen.AddRange(raw.Select(x => x.Span[0]));
            return Task.FromResult(raw.Select(x => new IntakeResult(Crypto.Keccak256.Hash(x.Span), SubmitStatus.Accepted, PoolRefusal.None, default)).ToArray());
        };
        static string Send(int id, string raw) => $$"""{"jsonrpc":"2.0","id":{{id}},"method":"eth_sendRawTransaction","params":["{{raw}}"]}""";
        var answers = JsonDocument.Parse(await _host.PostAsync(
            $$"""[{{Send(1, "0x01")}},{{Send(2, "0x02")}},{{Send(3, "03")}},{"jsonrpc":"2.0","id":4,"method":"eth_chainId"},{{Send(5, "0x05")}}]""")).RootElement;

        Assert.Equal([2, 1], _grid.Submissions);
        Assert.Equal([1, 2, 5], seen);
        Assert.Equal([1, 2, 3, 4, 5], answers.EnumerateArray().Select(x => x.GetProperty("id").GetInt32()));
        Assert.Equal(
            "invalid argument 0: hex string without 0x prefix", answers[2].GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(Crypto.Keccak256.Hash([5]).ToString(), answers[4].GetProperty("result").GetString());
    }

    [Fact]
    public async Task A_get_says_what_to_do()
    {
        var hint = await _host.Http.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("POST /", hint, StringComparison.Ordinal);
        Assert.Contains("eth_blockNumber", hint, StringComparison.Ordinal);
    }
}
