using System.Data.Common;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Grid.Grains.Clustering;

/// <summary>Where a silo listens.</summary>
/// <param name="Silos">For other silos, who find it in the database.</param>
/// <param name="GatewayPort">For gateways, at the same address.</param>
public sealed record SiloEndPoints(IPEndPoint Silos, int GatewayPort);

/// <summary>Joins a silo to a cluster that finds its members in a PostgreSQL database.</summary>
public static class ClusterSiloExtensions
{
    private static readonly TimeSpan DefunctSiloExpiration = TimeSpan.FromHours(1), DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10), JoinAttemptTime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AgreementPause = TimeSpan.FromMilliseconds(500);

    /// <param name="database">Connections in the schema that has Orleans' tables; whoever made them disposes them.</param>
    /// <param name="settings">What must be equal on all silos: the silo doesn't start when it isn't.</param>
    /// <param name="name">What the silo is called, and the one that follows it when it has ended; null for where it listens for others.</param>
    public static ISiloBuilder JoinGridCluster(
        this ISiloBuilder silo, string clusterId, SiloEndPoints endPoints, DbDataSource database, ClusterSettings settings, string? name = null)
    {
        silo.Configure<SiloOptions>(options => options.SiloName = name ?? endPoints.Silos.ToString());
        silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (ClusterDefaults.ServiceId, clusterId));
        silo.Configure<ExceptionSerializationOptions>(ClusterDefaults.AllowDatabaseErrors);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = endPoints.Silos.Address;
            (endpoint.SiloPort, endpoint.GatewayPort) = (endPoints.Silos.Port, endPoints.GatewayPort);
            endpoint.SiloListeningEndpoint = endPoints.Silos;
            endpoint.GatewayListeningEndpoint = new IPEndPoint(endPoints.Silos.Address, endPoints.GatewayPort);
        });
        silo.UseAdoNetClustering(options => (options.Invariant, options.DataSource) = (ClusterDefaults.Provider, database));
        silo.AddAdoNetGrainStorage(ClusterDefaults.GrainStorage, storage => storage.Configure<Serializer>((options, serializer) =>
        {
            (options.Invariant, options.DataSource) = (ClusterDefaults.Provider, database);
            // As on the wire, by pinned numbers: JSON would need to be told of each of our types.
            options.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
        }));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.DefunctSiloExpiration = DefunctSiloExpiration;
            membership.DefunctSiloCleanupPeriod = DefunctSiloCleanupPeriod;
            membership.MaxJoinAttemptTime = JoinAttemptTime;
        });
        silo.AddStartupTask((services, cancellation) => AgreeAsync(services.GetRequiredService<IGrainFactory>(), settings, cancellation));
        silo.Services.AddHostedService<PinWatch>();
        return silo;
    }

    /// <summary>The cluster may have lost a silo this moment: what isn't answered is asked again, while the silo may still take to start.</summary>
    private static async Task AgreeAsync(IGrainFactory grains, ClusterSettings settings, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<IClusterSettingsGrain>(0).Agree(settings);
                return;
            }
            catch (Exception error) when (error is OrleansException or TimeoutException or InconsistentStateException or DbException)
            {
                await Task.Delay(AgreementPause, cancellation);
            }
        }
    }
}
