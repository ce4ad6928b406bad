using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Grid.Gateway.Dashboard;
using Grid.Gateway.Http;
using Grid.Gateway.JsonRpc;
using Grid.Gateway.Rest;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Dashboard;
using Scalar.AspNetCore;

namespace Grid.Gateway;

/// <summary>Adds the gateway to an ASP.NET Core application in which Orleans' grain factory can be had.</summary>
public static class GatewayExtensions
{
    public static IServiceCollection AddGridGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options);
        services.AddGridAccess();
        services.AddSingleton<RpcContext>();
        services.AddSingleton<RpcMeter>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<StatusFeed>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, RestJson.Default);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi(openApi =>
        {
            openApi.AddDocumentTransformer(static (document, _, _) =>
            {
                document.Info.Title = "Grid";
                document.Info.Version = "v1";
                document.Info.Description = "An Ethereum node on a grid of virtual actors: REST under /v1, JSON-RPC at /.";
                document.Servers?.Clear();
                return Task.CompletedTask;
            });
            openApi.AddOperationTransformer(RouteExamplesExtensions.Apply);
        });
        services.AddRateLimiter(limiter => ConfigureLimits(limiter, options));
        return services;
    }

    /// <summary>What a silo without a gateway needs to say how it is.</summary>
    public static IServiceCollection AddGridAccess(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(ShardLayout.Sixteen);
        services.TryAddSingleton(static provider => new TransactionIntake(
            provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<ShardLayout>()));
        services.TryAddSingleton<IGridAccess, GrainAccess>();
        return services;
    }

    /// <summary>Maps /health/live and /health/ready, and nothing else.</summary>
    public static WebApplication MapGridHealth(this WebApplication app)
    {
        UseProblems(app);
        RestRoutes.MapHealth(app);
        return app;
    }

    /// <summary>Adds Orleans' dashboard to a silo, so that the gateway beside it can show it at /orleans.</summary>
    public static ISiloBuilder AddGridDashboard(this ISiloBuilder silo) =>
        // The trace would send every log line to whoever asks.
        silo.AddDashboard(static dashboard => dashboard.HideTrace = true);

    public static WebApplication MapGridGateway(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        UseProblems(app);
        app.UseRateLimiter();
        app.MapPost("/", static (HttpContext http, Dispatcher dispatcher, GatewayOptions limits) => RpcEndpoint.HandleAsync(http, dispatcher, limits))
            .WithName("jsonRpc")
            .WithTags("JSON-RPC")
            .WithSummary("Ethereum JSON-RPC 2.0, single or batch")
            .Accepts<object>("application/json")
            .Produces<object>()
            .WithBodyExample(
                "application/json", """{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}""", 200, """{"jsonrpc":"2.0","id":1,"result":"0x2a"}""");
        app.MapGet("/", RpcEndpoint.Describe).ExcludeFromDescription();
        RestRoutes.Map(app);
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", static scalar => scalar
            .WithTitle("Grid")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideClientButton()
            .HideDeveloperTools());
        DashboardPage.Map(app);
        if (options.ShowsOrleansDashboard)
        {
            app.MapOrleansDashboard("/orleans").ExcludeFromDescription().DisableRateLimiting();
        }
        return app;
    }

    private static void UseProblems(WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = AnswerException, SuppressDiagnosticsCallback = IsExpected });
        app.UseStatusCodePages(AnswerEmptyError);
    }

    private static void ConfigureLimits(RateLimiterOptions limiter, GatewayOptions options)
    {
        var limit = new ConcurrencyLimiterOptions
        {
            PermitLimit = options.ConcurrentRequestsMax,
            QueueLimit = options.WaitingRequestsMax,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(0, _ => limit));
        limiter.OnRejected = static async (rejected, _) => await Problems.WriteAsync(rejected.HttpContext, Problems.Busy());
    }

    /// <summary>What was thrown and is no answer yet becomes one, without telling how the inside looks.</summary>
    private static async Task AnswerException(HttpContext http)
    {
        var exception = http.Features.Get<IExceptionHandlerFeature>()!.Error;
        var problem = exception is BadHttpRequestException bad
            ? Problems.Of(bad.StatusCode, "bad-request", "Bad request", "The request can't be read.")
            : Problems.OfException(exception) ?? Problems.Of(500, "internal", "Internal error", "The node failed to answer. Its log tells more.");
        await Problems.WriteAsync(http, problem);
    }

    private static bool IsExpected(ExceptionHandlerSuppressDiagnosticsContext context) =>
        context.Exception is BadHttpRequestException || Problems.OfException(context.Exception) is not null;

    private static Task AnswerEmptyError(StatusCodeContext context)
    {
        var status = context.HttpContext.Response.StatusCode;
        var problem = status switch
        {
            404 => Problems.NotFound("resource"),
            405 => Problems.Of(405, "method-not-allowed", "Method not allowed", "This resource doesn't offer that method."),
            415 => Problems.UnsupportedMediaType(),
            _ => Problems.Of(status, "bad-request", "The request can't be answered", "See the reference at /docs."),
        };
        return Problems.WriteAsync(context.HttpContext, problem);
    }
}
