using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Chain;
using Grid.Gateway.Tests.Hosts;
using Grid.Primitives;

namespace Grid.Gateway.Tests;

/// <summary>Nothing that a client sends is unbounded.</summary>
public sealed class LimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static GatewayOptions Small { get; } = new()
    {
        ShowsOrleansDashboard = false,
        BodyBytesMax = 1_000,
        BatchCallsMax = 3,
        BatchAnswerBytesMax = 2_000,
        JsonDepthMax = 8,
        SubmitTransactionsMax = 2,
        ConcurrentRequestsMax = 1,
        WaitingRequestsMax = 0,
    };

    [Theory]
    [InlineData("/", "application/json", true)]
    [InlineData("/", "application/json", false)]
    [InlineData("/v1/transactions", "text/plain", true)]
    [InlineData("/v1/transactions", "application/json", false)]
    public async Task An_oversized_body_is_refused_with_413(string path, string contentType, bool withLength)
    {
        var grid = new FakeGrid();
        await using var host = await GatewayHost.StartAsync(grid, Small);
        using var content = new StringContent($"\"0x{new string('0', 4_000)}\"", Encoding.ASCII, contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = !withLength;

        using var response = await host.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(grid.Submissions);
    }

    [Fact]
    public async Task Batches_and_nesting_have_limits()
    {
        await using var host = await GatewayHost.StartAsync(new FakeGrid(), Small);
        var call = """{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}""";

        Assert.Contains("batch too large", await host.PostAsync($"[{string.Join(',', Enumerable.Repeat(call, 4))}]"), StringComparison.Ordinal);
        Assert.Equal(3, JsonDocument.Parse(await host.PostAsync($"[{string.Join(',', Enumerable.Repeat(call, 3))}]")).RootElement.GetArrayLength());
        Assert.Contains("parse error", await host.PostAsync($"{new string('[', 9)}{new string(']', 9)}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_s_answer_has_a_limit()
    {
        var grid = new FakeGrid();
        grid.Add(new Block(new BlockHeader { ExtraData = new byte[1_500] }, [], [], null), 100);
        await using var host = await GatewayHost.StartAsync(grid, Small);
        var call = """{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest",false]}""";

        var answers = JsonDocument.Parse(await host.PostAsync($"[{call},{call}]")).RootElement;

        Assert.True(answers[0].TryGetProperty("result", out _));
        Assert.Equal(-32003, answers[1].GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_submission_has_a_limit()
    {
        await using var host = await GatewayHost.StartAsync(new FakeGrid(), Small);
        using var content = new StringContent("""["0x01","0x02","0x03"]""", Encoding.UTF8, "application/json");

        using var response = await host.Http.PostAsync(new Uri("/v1/transactions", UriKind.Relative), content, Cancellation);

        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(("too-many-transactions", "3", "2"), (problem.GetProperty("code").GetString(), problem.GetProperty("have").GetString(), problem.GetProperty("want").GetString()));
    }

    [Fact]
    public async Task Requests_beyond_the_limit_get_429_and_when_to_come_back()
    {
        var grid = new FakeGrid();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        grid.OnChainInfo = () =>
        {
            entered.TrySetResult();
            return leave.Task;
        };
        await using var host = await GatewayHost.StartAsync(grid, Small);
        var first = host.CallAsync("eth_blockNumber");
        await entered.Task.WaitAsync(Cancellation);

        using (var second = await host.Http.GetAsync(new Uri("/v1/blocks/latest", UriKind.Relative), Cancellation))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);
            Assert.Equal("application/problem+json", second.Content.Headers.ContentType!.MediaType);
        }
        using (var live = await host.Http.GetAsync(new Uri("/health/live", UriKind.Relative), Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }
        leave.SetResult();
        Assert.Equal("0x0", (await first).GetProperty("result").GetString());
    }

    [Fact]
    public async Task A_block_of_ten_thousand_transactions_is_shown_whole()
    {
        var grid = new FakeGrid();
        var one = Transfers.Account(0).Sign(Transfers.Unsigned(0, Address.Zero));
        grid.Add(new Block(new BlockHeader { Number = 1 }, [.. Enumerable.Repeat(one, 10_000)], [], null), 1_200_000);
        await using var host = await GatewayHost.StartAsync(grid);

        var block = await host.ResultAsync("eth_getBlockByNumber", """["0x1",true]""");
        var page = JsonDocument.Parse(await host.Http.GetStringAsync(new Uri("/v1/blocks/1?transactions=full&offset=9990", UriKind.Relative), Cancellation)).RootElement;

        Assert.Equal(10_000, block.GetProperty("transactions").GetArrayLength());
        Assert.Equal("0x270f", block.GetProperty("transactions")[9_999].GetProperty("transactionIndex").GetString());
        Assert.Equal(10, page.GetProperty("transactions").GetArrayLength());
        Assert.Equal(9_990, page.GetProperty("transactions")[0].GetProperty("index").GetInt32());
    }
}
