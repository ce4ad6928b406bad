using System.Net;
using Grid.Grains.Reader;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Grid.Grains.Clustering;

/// <summary>Which cluster, and where to find its silos.</summary>
/// <param name="ClusterId">As its silos have it.</param>
/// <param name="Silos">Where silos listen for gateways: addresses, or names that have addresses.</param>
public sealed record ClusterLocation(string ClusterId, IReadOnlyList<DnsEndPoint> Silos);

/// <summary>A cluster that answers.</summary>
public sealed record ConnectedCluster(IGrainFactory Grains, ChainDescription Chain);

/// <summary>
/// Connects to a cluster as a client, and keeps trying until it answers. Once connected, Orleans' client finds other silos by itself where one is
/// lost, and goes on where all were lost and some are back. Silos that were lost without a sign are told by the others (<see cref="MembershipWatch"/>).
/// </summary>
/// <remarks>Safe because the cluster is set once, as a whole, and read as a whole.</remarks>
public sealed partial class ClusterConnection(ClusterLocation location, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How soon a silo that the cluster has lost or found isn't used any more, or is, and silos that didn't answer are tried again.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A question that isn't answered then is told as that: one that went through a silo that died may never be. Those that may take longer say so themselves
    /// (<see cref="IChainReaderGrain.Patience"/>).
    /// </summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<ClusterConnection>();
    private volatile ConnectedCluster? _cluster;
    // What was logged last; one attempt at a time is made.
    private string? _reason;

    /// <exception cref="SiloUnavailableException">No silo has answered yet.</exception>
    public ConnectedCluster Cluster => _cluster ?? throw new SiloUnavailableException("No silo of the cluster has answered yet.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = Build(location, loggers, AnswerTimeout, RetryAsync);
        try
        {
            await client.StartAsync(stoppingToken);
            var grains = client.Services.GetRequiredService<IGrainFactory>();
            var watch = new MembershipWatch(grains, client.Services.GetRequiredService<SiloGateways>(), loggers.CreateLogger<MembershipWatch>());
            var watching = watch.RunAsync(stoppingToken);
            _cluster = new ConnectedCluster(grains, await DescribeAsync(grains, stoppingToken));
            LogConnected(location.ClusterId, _cluster.Chain.Spec.ChainId);
            await watching;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
        await client.StopAsync(CancellationToken.None);
    }

    private static async Task<ChainDescription> DescribeAsync(IGrainFactory grains, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await grains.GetGrain<IChainReaderGrain>(0).DescribeChain().WaitAsync(cancellation);
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
                await Task.Delay(RetryInterval, cancellation);
            }
        }
    }

    /// <summary>Orleans' client of a cluster, not started.</summary>
    /// <param name="retry">Whether to try again where no silo can be reached.</param>
    internal static IHost Build(ClusterLocation location, ILoggerFactory loggers, TimeSpan answerTimeout, Func<Exception, CancellationToken, Task<bool>> retry)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(loggers);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (ClusterDefaults.ServiceId, location.ClusterId));
            client.Configure<ExceptionSerializationOptions>(ClusterDefaults.AllowDatabaseErrors);
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = RefreshInterval);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = answerTimeout);
            var waiting = new WaitingQuestions();
            var gateways = new SiloGateways(location.Silos, waiting, loggers.CreateLogger<SiloGateways>());
            client.Services.AddSingleton(gateways);
            client.Services.AddSingleton<IGatewayListProvider>(gateways);
            client.AddOutgoingGrainCallFilter(waiting);
            client.UseConnectionRetryFilter(retry);
        });
        return builder.Build();
    }

    private async Task<bool> RetryAsync(Exception error, CancellationToken cancellation)
    {
        if (_reason != error.Message)
        {
            LogUnreachable(_reason = error.Message);
        }
        await Task.Delay(RetryInterval, cancellation);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the cluster {ClusterId}, chain {ChainId}")]
    private partial void LogConnected(string clusterId, ulong chainId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No silo can be reached yet: {Reason}")]
    private partial void LogUnreachable(string reason);
}
