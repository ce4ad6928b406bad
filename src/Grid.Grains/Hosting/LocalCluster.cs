using System.Net;
using System.Net.Sockets;
using Grid.Grains.Coordinator;
using Grid.Grains.Placement;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Grid.Grains.Hosting;

/// <summary>
/// Several silos in this process, on loopback, sharing a journal and a store: for benchmarks and tests. The silos talk through
/// sockets as they would between processes.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly List<IHost> _silos = [];

    private LocalCluster()
    {
    }

    public IReadOnlyList<IHost> Silos => _silos;

    /// <summary>Makes calls from outside of grains, through the first silo.</summary>
    public IGrainFactory Grains => _silos[0].Services.GetRequiredService<IGrainFactory>();

    /// <summary>Installs the genesis where it is missing, and starts the silos.</summary>
    /// <param name="configure">Further services of each silo, by its index.</param>
    /// <param name="history">Values before of all blocks, where the journal keeps them.</param>
    public static async Task<LocalCluster> StartAsync(
        GridOptions options, int silos, IJournal journal, IStateStore store, Action<int, ISiloBuilder>? configure = null, IHistoryIndex? history = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(silos, 1);
        await GenesisInstaller.InstallAsync(options.Genesis, journal, store, new ShardLayout(options.ShardPrefixNibbles));
        var cluster = new LocalCluster();
        var ports = FreePorts(silos * 2);
        try
        {
            for (var i = 0; i < silos; i++)
            {
                var host = Build(options, journal, store, history, ports, i, configure);
                cluster._silos.Add(host);
                await host.StartAsync();
            }
            await cluster.SettleAsync();
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
        return cluster;
    }

    /// <summary>Ports of loopback that nobody listens on now.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }

    public async ValueTask DisposeAsync()
    {
        // The first silo holds the membership of the others, so it goes last.
        foreach (var host in _silos.AsEnumerable().Reverse())
        {
            await host.StopAsync();
            host.Dispose();
        }
        _silos.Clear();
    }

    private static IHost Build(
        GridOptions options, IJournal journal, IStateStore store, IHistoryIndex? history, int[] ports, int index, Action<int, ISiloBuilder>? configure)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(ports[2 * index], ports[(2 * index) + 1], new IPEndPoint(IPAddress.Loopback, ports[0]), serviceId: "grid", clusterId: "grid");
            silo.Configure<EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = IPAddress.Loopback);
            silo.AddGrid(options, journal, store, history);
            configure?.Invoke(index, silo);
        });
        return builder.Build();
    }

    /// <summary>
    /// Waits until every silo's view of the membership has all of them, because placement is computed from it, and until all of them
    /// find the same coordinator: while silos join, each may have activated one of its own.
    /// </summary>
    private async Task SettleAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_silos.Any(silo => silo.Services.GetRequiredService<SiloDirectory>().ActiveSilos().Length != _silos.Count))
        {
            await Task.Delay(20, patience.Token);
        }
        while (_silos.Count > 1 && !await AgreeAsync())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Whether all silos find the same coordinator, and it has recovered after any other one that there was.</summary>
    private async Task<bool> AgreeAsync()
    {
        if (!await FindTheSameAsync())
        {
            return false;
        }
        try
        {
            // Another one, which is on its way out, may have taken the shards over last.
            await Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key).Recover();
        }
        catch (Exception error) when (IsPassing(error))
        {
            return false;
        }
        return await FindTheSameAsync();
    }

    /// <summary>That none of them finds one isn't agreement.</summary>
    private async Task<bool> FindTheSameAsync() => (await Task.WhenAll(_silos.Select(DescribeCoordinatorAsync))).Distinct().ToArray() is [not null];

    /// <summary>Another coordinator has recovered the shards meanwhile, or a grain is on its way from one silo to another.</summary>
    private static bool IsPassing(Exception error) => error is BlockAbortedException or CoordinatorFencedException or OrleansException;

    /// <summary>The fencing number of the coordinator that a silo finds; null while its activation fails.</summary>
    private static async Task<ulong?> DescribeCoordinatorAsync(IHost silo)
    {
        try
        {
            var grains = silo.Services.GetRequiredService<IGrainFactory>();
            var coordinator = grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
            await coordinator.Settle();
            return (await coordinator.Describe()).FencingNumber;
        }
        catch (Exception error) when (IsPassing(error))
        {
            return null;
        }
    }
}
