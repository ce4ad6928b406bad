using System.Net;
using System.Text;
using Grid.Gateway;
using Grid.Gateway.Tests.Hosts;
using Grid.Node.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grid.Node.Tests.Telemetry;

/// <summary>/metrics beside a gateway that answers as a test tells it.</summary>
public sealed class MetricsRouteTests : IAsyncLifetime
{
    private readonly FakeGrid _grid = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IGridAccess>(_grid);
        builder.Services.AddGridTelemetry("gateway", null);
        builder.Services.AddGridGateway(new GatewayOptions
        {
            ShowsOrleansDashboard = false, ConcurrentRequestsMax = 1, WaitingRequestsMax = 0,
        });
        _app = builder.Build();
        _app.MapGridGateway();
        _app.MapGridMetrics();
        await _app.StartAsync(Cancellation);
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task It_answers_while_requests_are_refused()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _grid.OnChainInfo = () =>
        {
            entered.TrySetResult();
            return release.Task;
        };
        var busy = CallAsync("eth_blockNumber");
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await CallAsync("eth_blockNumber")).Status);
        using var metrics = await _http.GetAsync(new Uri(Node.Hosting.Telemetry.Path, UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        Assert.Equal("text/plain", metrics.Content.Headers.ContentType!.MediaType);

        release.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await busy).Status);
    }

    [Fact]
    public async Task What_clients_make_up_is_no_label()
    {
        await CallAsync("eth_madeUpByAClient");
        await CallAsync("eth_anotherOne");
        using var missing = await _http.GetAsync(new Uri("/made-up-by-a-client", UriKind.Relative), Cancellation);
        using var odd = await _http.SendAsync(new HttpRequestMessage(new HttpMethod("MADEUP"), "/v1/status"), Cancellation);

        var text = await _http.GetStringAsync(new Uri(Node.Hosting.Telemetry.Path, UriKind.Relative), Cancellation);

        Assert.Contains("grid_rpc_calls_total{otel_scope_name=\"Grid.Rpc\",method=\"unknown\",outcome=\"invalid\"} 2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("madeUp", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("made-up", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("eth_anotherOne", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stands_in_no_reference()
    {
        Assert.DoesNotContain("metrics", await _http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<(HttpStatusCode Status, string Text)> CallAsync(string method)
    {
        using var body = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"}""", Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri("/", UriKind.Relative), body, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
