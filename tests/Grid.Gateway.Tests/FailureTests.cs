using System.Net;
using System.Text.Json;
using Grid.Gateway.Tests.Hosts;
using Grid.Storage;
using Orleans.Runtime;

namespace Grid.Gateway.Tests;

/// <summary>When the grid can't answer, the gateway says so, says whether to retry, and shows nothing of its inside.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private readonly FakeGrid _grid = new();
    private GatewayHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync(_grid);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/v1/grains")]
    [InlineData("/v1/status")]
    [InlineData("/health/ready")]
    public async Task A_lost_silo_is_503_and_retry_is_safe(string path)
    {
        _grid.OnChainInfo = () => throw new SiloUnavailableException("S10.0.0.1:1 is gone");

        using var response = await _host.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        Assert.Equal("unavailable", problem.GetProperty("code").GetString());
        Assert.Contains("retry is safe", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_silo_is_told_to_json_rpc_too()
    {
        _grid.OnChainInfo = () => throw new SiloUnavailableException();

        var (code, message, _) = await _host.ErrorAsync("eth_blockNumber");

        Assert.Equal(-32002, code);
        Assert.Contains("retry is safe", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_refuses_is_503_and_retry_is_safe()
    {
        _grid.OnSubmit = _ => throw new StorageException(StorageError.Unavailable, "/data/grid: a write failed: No space left on device");

        using var content = new StringContent("\"0x02\"", System.Text.Encoding.UTF8, "application/json");
        using var response = await _host.Http.PostAsync(new Uri("/v1/transactions", UriKind.Relative), content, Cancellation);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        Assert.Equal("unavailable", problem.GetProperty("code").GetString());
        Assert.Contains("storage", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("/data", problem.ToString(), StringComparison.Ordinal);

        var (code, message, _) = await _host.ErrorAsync("eth_sendRawTransaction", "[\"0x02\"]");
        Assert.Equal(-32002, code);
        Assert.Contains("storage", message, StringComparison.Ordinal);
        Assert.Contains("retry is safe", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_is_damaged_is_a_fault_that_no_retry_mends()
    {
        _grid.OnChainInfo = () => throw new StorageException(StorageError.Corrupt, "block 7 can't be decoded");

        Assert.Equal((-32603, "internal error", null), await _host.ErrorAsync("eth_blockNumber"));
    }

    [Fact]
    public async Task A_fault_of_ours_shows_nothing_of_the_inside()
    {
        _grid.OnChainInfo = () => throw new InvalidOperationException("secret");

        Assert.Equal((-32603, "internal error", null), await _host.ErrorAsync("eth_blockNumber"));
        using var response = await _host.Http.GetAsync(new Uri("/v1/status", UriKind.Relative), Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("\"internal\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_chain_no_longer_has_is_told_apart_from_what_it_never_had()
    {
        var address = "\"0x0000000000000000000000000000000000000001\"";

        Assert.Equal((-32000, "header not found", null), await _host.ErrorAsync("eth_getBalance", $"[{address},\"0x63\"]"));
        var (code, message, _) = await _host.ErrorAsync("eth_getCode", $"[{address},\"0x1\"]");
        Assert.Equal(-32000, code);
        Assert.StartsWith("historical state after block 1 is not available", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "not-found")]
    [InlineData("DELETE", "/v1/transactions", 405, "method-not-allowed")]
    [InlineData("GET", "/v1/blocks/7", 404, "not-found")]
    [InlineData("GET", "/v1/blocks/x", 400, "invalid-parameter")]
    [InlineData("GET", "/v1/blocks/latest?transactions=all", 400, "invalid-parameter")]
    [InlineData("GET", "/v1/blocks/latest?limit=1001", 400, "invalid-parameter")]
    [InlineData("GET", "/v1/blocks/latest?limit=abc", 400, "bad-request")]
    [InlineData("GET", "/v1/accounts/0x12", 400, "invalid-parameter")]
    [InlineData("GET", "/v1/accounts/0x0000000000000000000000000000000000000001?block=99", 404, "not-found")]
    [InlineData("GET", "/v1/accounts/0x0000000000000000000000000000000000000001/storage/-1", 400, "invalid-parameter")]
    [InlineData("GET", "/v1/transactions/0x12", 400, "invalid-parameter")]
    [InlineData("GET", "/v1/transactions/0x0000000000000000000000000000000000000000000000000000000000000001", 404, "not-found")]
    public async Task Every_error_of_rest_is_a_problem(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await _host.Http.SendAsync(request, Cancellation);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.All(["type", "title", "detail"], name => Assert.NotEmpty(problem.GetProperty(name).GetString()!));
    }
}
