using System.Net;
using Grid.Chain;
using Grid.Client;
using Grid.Grains;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Grid.Storage.Memory;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Grid.Gateway.Tests.Hosts;

/// <summary>A whole node in this process: a silo with the development chain, and the gateway. Blocks are made on demand.</summary>
public sealed class NodeHost : IAsyncLifetime
{
    public const string Collection = "node";

    internal GatewayHost Gateway { get; private set; } = null!;

    internal HttpClient Http => Gateway.Http;

    internal GridClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new GridOptions { Genesis = DevelopmentAccounts.Genesis(1_767_225_600), MakeBlocks = false, IsDevelopment = true };
        var (journal, store) = (new MemoryJournal(), new MemoryStateStore());
        await GenesisInstaller.InstallAsync(options.Genesis, journal, store, ShardLayout.Sixteen);
        var ports = LocalCluster.FreePorts(2);
        Gateway = await GatewayHost.StartAsync(
            new GatewayOptions(),
            builder => builder.Host.UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(ports[0], ports[1], serviceId: "grid", clusterId: "grid");
                silo.Configure<EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = IPAddress.Loopback);
                silo.AddGrid(options, journal, store);
                silo.AddGridDashboard();
            }));
        Client = new GridClient(Gateway.Http);
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();

    /// <summary>Makes a block of what waits.</summary>
    internal Task MineAsync() => Gateway.ResultAsync("evm_mine");
}

/// <summary>All tests of the node share one, one after the other; each class sends from an account of its own.</summary>
[CollectionDefinition(NodeHost.Collection)]
public sealed class NodeCollection : ICollectionFixture<NodeHost>;
