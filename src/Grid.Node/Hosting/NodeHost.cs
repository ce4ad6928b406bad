using System.Net;
using Grid.Gateway;
using Grid.Grains;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Grid.Node.Hosting;

/// <summary>A silo, the gateway and the dashboard in one process.</summary>
public static class NodeHost
{
    /// <summary>A block that is being made may take this long to finish when the node is stopped.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Builds the node on a chain that is installed; the caller starts it, and disposes the storage after it.</summary>
    /// <param name="faults">What is told of each step of the commit protocol; null for nobody.</param>
    public static WebApplication Build(NodeOptions node, NodeStorage storage, IFaultPoints? faults = null)
    {
        var options = new GridOptions
        {
            Genesis = node.Genesis,
            BlockTime = node.BlockTime,
            Lanes = node.Lanes,
            Beneficiary = node.Beneficiary,
        };
        if (node.Memory is { } memory)
        {
            options = memory.Limit(options);
        }

        var builder = WebApplication.CreateSlimBuilder();
        ConfigureLogging(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(node.Listen);
        });
        builder.Services.AddSingleton(faults ?? new NoFaultPoints());
        if (node.Memory is { } plan)
        {
            builder.Services.AddHostedService(_ => new MemoryKeeper(plan, TimeProvider.System));
        }
        if (storage.Backup is { } backup)
        {
            builder.Services.AddSingleton(backup);
        }
        builder.Host.UseOrleans(silo =>
        {
            // Ports that are free now: two nodes on one machine don't get into each other's way.
            var ports = LocalCluster.FreePorts(2);
            silo.UseLocalhostClustering(ports[0], ports[1], serviceId: "grid", clusterId: "grid");
            silo.Configure<EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = IPAddress.Loopback);
            silo.AddGrid(options, storage.Journal, storage.Store, storage.History);
            silo.AddGridDashboard();
        });
        builder.Services.AddGridTelemetry("node", node.Collector);
        builder.Services.AddGridGateway(new Gateway.GatewayOptions { Spec = node.Genesis.Spec, OffersDevelopmentMethods = node.IsDevelopment });
        var app = builder.Build();
        app.MapGridGateway();
        app.MapGridMetrics();
        return app;
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
        // Orleans says at start-up that a check thread "has not completed", which is a false alarm.
        logging.AddFilter("Orleans.Runtime.MembershipService.LocalSiloHealthMonitor", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
    }
}
