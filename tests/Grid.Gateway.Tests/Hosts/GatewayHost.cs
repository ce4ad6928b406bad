using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grid.Gateway.Tests.Hosts;

/// <summary>A gateway on a free port of loopback.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public static GatewayOptions Options { get; } = new() { ShowsOrleansDashboard = false };

    public static Task<GatewayHost> StartAsync(FakeGrid grid, GatewayOptions? options = null) =>
        StartAsync(options ?? Options, builder => builder.Services.AddSingleton<IGridAccess>(grid));

    public static async Task<GatewayHost> StartAsync(GatewayOptions options, Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        configure(builder);
        builder.Services.AddGridGateway(options);
        var app = builder.Build();
        app.MapGridGateway();
        await app.StartAsync();
        return new GatewayHost(app);
    }

    /// <summary>Sends a body as JSON-RPC and returns the answer's text.</summary>
    public async Task<string> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri("/", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Calls a method with parameters in JSON and returns the whole answer.</summary>
    public async Task<JsonElement> CallAsync(string method, string parameters = "[]")
    {
        var text = await PostAsync($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""");
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> ResultAsync(string method, string parameters = "[]")
    {
        var answer = await CallAsync(method, parameters);
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}{parameters}: {answer}");
    }

    /// <summary>Calls a method that must fail.</summary>
    public async Task<(int Code, string Message, string? Data)> ErrorAsync(string method, string parameters = "[]")
    {
        var answer = await CallAsync(method, parameters);
        return answer.TryGetProperty("error", out var error)
            ? (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!, error.TryGetProperty("data", out var data) ? data.GetString() : null)
            : throw new InvalidOperationException($"{method}{parameters} succeeded: {answer}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
