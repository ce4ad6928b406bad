using System.Data.Common;
using Grid.Gateway;
using Grid.Grains;
using Grid.Grains.Clustering;
using Grid.Grains.Hosting;
using Grid.Node.Hosting.Pods;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Grid.Node.Hosting;

/// <summary>What `grid silo` was asked for.</summary>
/// <param name="Node">The chain, and where health is told.</param>
/// <param name="ClusterId">The cluster that it joins.</param>
/// <param name="EndPoints">Where other silos and gateways reach it.</param>
/// <param name="Pod">The pod whose name it takes; null for none.</param>
public sealed record SiloOptions(NodeOptions Node, string ClusterId, SiloEndPoints EndPoints, SiloPod? Pod = null);

/// <summary>A silo of a cluster, and beside it nothing but its health and its metrics over HTTP.</summary>
public static class SiloHost
{
    /// <summary>Builds the silo on a chain that is installed; the caller starts it, and disposes storage and connections after it.</summary>
    /// <param name="membership">Connections in the schema that has Orleans' tables.</param>
    /// <param name="faults">What is told of each step of the commit protocol; null for nobody.</param>
    public static WebApplication Build(SiloOptions silo, NodeStorage storage, DbDataSource membership, IFaultPoints? faults = null)
    {
        var node = silo.Node;
        var options = node.ToGridOptions();
        var settings = new ClusterSettings(options.ShardPrefixNibbles, node.IsArchive, (long)node.BlockTime.TotalMilliseconds, node.Beneficiary);
        var builder = HostDefaults.CreateBuilder("silo", node.Listen, node.Collector);
        NodeHost.AddParts(builder, node, faults);
        builder.Host.UseOrleans(orleans =>
        {
            if (silo.Pod is { } pod)
            {
                orleans.UsePod(pod);
            }
            orleans.JoinGridCluster(silo.ClusterId, silo.EndPoints, membership, settings, silo.Pod?.Name);
            orleans.AddGrid(options, storage.Journal, storage.Store, storage.History);
        });
        builder.Services.AddGridAccess();
        var app = builder.Build();
        app.MapGridHealth();
        app.MapGridMetrics();
        return app;
    }
}
