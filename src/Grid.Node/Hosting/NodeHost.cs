using System.Net;
using Grid.Gateway;
using Grid.Grains;
using Grid.Grains.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Grid.Node.Hosting;

/// <summary>A silo, the gateway and the dashboard in one process.</summary>
public static class NodeHost
{
    /// <summary>Builds the node on a chain that is installed; the caller starts it, and disposes the storage after it.</summary>
    /// <param name="faults">What is told of each step of the commit protocol; null for nobody.</param>
    public static WebApplication Build(NodeOptions node, NodeStorage storage, IFaultPoints? faults = null)
    {
        var options = node.ToGridOptions();
        var showsOrleans = node.Memory?.ShowsOrleansDashboard ?? true;
        var builder = HostDefaults.CreateBuilder("node", node.Listen, node.Collector);
        AddParts(builder, node, faults);
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
            silo.Configure<Orleans.Configuration.SiloOptions>(named => named.SiloName = "node");
            silo.AddGrid(options, storage.Journal, storage.Store, storage.History);
            if (showsOrleans)
            {
                silo.AddGridDashboard();
            }
        });
        builder.Services.AddGridGateway(node.Limits.Apply(new Gateway.GatewayOptions { ShowsOrleansDashboard = showsOrleans }));
        var app = builder.Build();
        app.MapGridGateway();
        app.MapGridMetrics();
        return app;
    }

    /// <summary>What every process has that holds a part of the chain.</summary>
    internal static void AddParts(WebApplicationBuilder builder, NodeOptions node, IFaultPoints? faults)
    {
        builder.Services.AddSingleton(faults ?? new NoFaultPoints());
        if (node.Memory is { } plan)
        {
            builder.Services.AddHostedService(_ => new MemoryKeeper(plan, TimeProvider.System));
        }
    }
}
