using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Grid.Node.Hosting;

/// <summary>What the processes of all roles have in common.</summary>
internal static class HostDefaults
{
    /// <summary>A block that is being made may take this long to finish when the process is stopped.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <param name="role">The command that runs: node, silo or gateway.</param>
    /// <param name="listen">Where HTTP is served.</param>
    /// <param name="collector">The OpenTelemetry collector that gets the metrics; null for none.</param>
    public static WebApplicationBuilder CreateBuilder(string role, IPEndPoint listen, Uri? collector)
    {
        var builder = WebApplication.CreateSlimBuilder();
        ConfigureLogging(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(listen);
        });
        builder.Services.AddGridTelemetry(role, collector);
        return builder;
    }

    private static void ConfigureLogging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Grid", LogLevel.Information);
        // Whose pod was deleted, and is therefore dead.
        logging.AddFilter("Orleans.Hosting.Kubernetes", LogLevel.Information);
        // Orleans says at start-up that a check thread "has not completed", which is a false alarm.
        logging.AddFilter("Orleans.Runtime.MembershipService.LocalSiloHealthMonitor", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // Silos that come and go are told by the membership, and in the gateway once: not each connection that fails meanwhile, at length.
        logging.AddFilter("Orleans.Runtime.Messaging.Connection", LogLevel.Error);
        logging.AddFilter("Polly", LogLevel.None);
        logging.AddFilter("Orleans.Runtime.ClientClusterManifestProvider", LogLevel.Error);
    }
}
