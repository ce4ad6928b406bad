using System.Net;
using Grid.Gateway;
using Grid.Grains.Clustering;
using Grid.Node.Hosting.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Node.Hosting;

/// <summary>A gateway to a cluster of other processes: REST, JSON-RPC and the page, and no part of the chain.</summary>
public static class GatewayHost
{
    /// <summary>Builds the gateway; it answers from its start on, with "not now" until a silo answers.</summary>
    public static WebApplication Build(ClusterLocation cluster, IPEndPoint listen, ChosenLimits limits, Uri? collector = null)
    {
        var builder = HostDefaults.CreateBuilder("gateway", listen, collector);
        builder.Services.AddSingleton(cluster);
        builder.Services.AddSingleton<ClusterConnection>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<ClusterConnection>());
        builder.Services.AddSingleton<IGridAccess, ClusterAccess>();
        builder.Services.AddGridGateway(limits.Apply(new Gateway.GatewayOptions { ShowsOrleansDashboard = false }));
        var app = builder.Build();
        app.MapGridGateway();
        app.MapGridMetrics();
        return app;
    }
}
