using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Grid.Node.Hosting;

/// <summary>
/// A role's metrics: at /metrics of its HTTP port in Prometheus' text format, and to an OpenTelemetry collector where one is given. They are Grid's own,
/// Orleans', ASP.NET Core's, the runtime's and Npgsql's; each asks little, and nothing a transaction.
/// </summary>
public static class Telemetry
{
    /// <summary>Where Prometheus finds them.</summary>
    public const string Path = "/metrics";

    private const string ServiceName = "grid";

    /// <summary>
    /// Series of one metric; what comes beyond is added up in one. Memory is taken for all of them at once, 140 bytes each, and there are hundreds of metrics: only
    /// those of requests, by route, method and status, have many series.
    /// </summary>
    private const int SeriesMax = 100, RequestSeriesMax = 1_000;

    /// <summary>Whoever scrapes more often gets the same answer again.</summary>
    private const int AnswerKeptMs = 500;

    private static readonly string[] Meters =
    [
        "Grid.*",
        "Microsoft.Orleans",
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting",
        "Npgsql",
        "System.Runtime",
    ];

    /// <summary>Collects metrics in this process.</summary>
    /// <param name="role">The command that it runs: node, silo or gateway.</param>
    /// <param name="collector">An OpenTelemetry collector that takes OTLP over gRPC, which gets all of them once a minute; null for none.</param>
    public static IServiceCollection AddGridTelemetry(this IServiceCollection services, string role, Uri? collector)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(ServiceName, serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3))
                .AddAttributes([new KeyValuePair<string, object>("grid.role", role)]))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                metrics.AddView(StreamOf);
                metrics.AddPrometheusExporter(static prometheus => prometheus.ScrapeResponseCacheDurationMilliseconds = AnswerKeptMs);
                if (collector is not null)
                {
                    metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector);
                }
            });
        return services;
    }

    /// <summary>Where this process listens and where its database is isn't for everybody who may see metrics.</summary>
    private static MetricStreamConfiguration StreamOf(Instrument instrument) => new()
    {
        CardinalityLimit = instrument.Meter.Name == "Microsoft.AspNetCore.Hosting" ? RequestSeriesMax : SeriesMax,
        TagKeys = instrument.Meter.Name switch
        {
            "Npgsql" => ["db.client.connection.state", "error.type"],
            "Microsoft.AspNetCore.Server.Kestrel" => ["network.protocol.version", "error.type"],
            _ => null,
        },
    };

    /// <summary>Serves <see cref="Path"/>, also while so many requests are worked on that others are refused.</summary>
    public static WebApplication MapGridMetrics(this WebApplication app)
    {
        app.MapPrometheusScrapingEndpoint(Path).DisableRateLimiting().DisableHttpMetrics();
        return app;
    }
}
