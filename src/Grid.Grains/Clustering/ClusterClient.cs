using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace Grid.Grains.Clustering;

/// <summary>A client of a cluster that is up: connected from the start until it is disposed. What measures a cluster from outside uses it.</summary>
public sealed class ClusterClient : IAsyncDisposable
{
    private readonly IHost _host;

    private ClusterClient(IHost host) => (_host, Grains) = (host, host.Services.GetRequiredService<IGrainFactory>());

    public IGrainFactory Grains { get; }

    /// <param name="answerTimeout">How long a call may take.</param>
    /// <exception cref="SiloUnavailableException">No silo can be reached.</exception>
    public static async Task<ClusterClient> ConnectAsync(ClusterLocation location, TimeSpan answerTimeout, CancellationToken cancellation)
    {
        var host = ClusterConnection.Build(location, NullLoggerFactory.Instance, answerTimeout, static (_, _) => Task.FromResult(false));
        try
        {
            await host.StartAsync(cancellation);
            return new ClusterClient(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Has every silo collect its garbage.</summary>
    public async Task CollectGarbageAsync()
    {
        var management = Grains.GetGrain<IManagementGrain>(0);
        var silos = await management.GetHosts(onlyActive: true);
        await management.ForceGarbageCollection([.. silos.Keys]);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
