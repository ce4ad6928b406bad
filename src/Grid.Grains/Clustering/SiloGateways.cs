using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Messaging;
using Orleans.Runtime;

namespace Grid.Grains.Clustering;

/// <summary>
/// Where a client finds silos: the addresses of the names that it was given, asked for again and again. A name may have many, as that of a
/// headless service has, so that silos come and go without any gateway being told.
/// </summary>
/// <remarks>Safe because all that changes is one reference to an immutable list.</remarks>
public sealed partial class SiloGateways(IReadOnlyList<DnsEndPoint> silos, ILogger<SiloGateways> logger) : IGatewayListProvider
{
    /// <summary>The most addresses that one name is taken to have.</summary>
    private const int AddressesMax = 256;

    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);

    private volatile IReadOnlyList<Uri> _last = [];

    /// <summary>How long a silo that didn't answer isn't tried again, while others do.</summary>
    public TimeSpan MaxStaleness { get; } = TimeSpan.FromSeconds(5);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        var resolved = await Task.WhenAll(silos.Select(ResolveAsync));
        var found = resolved.SelectMany(x => x).Distinct().ToArray();
        if (found.Length > 0)
        {
            _last = found;
        }
        // While names can't be resolved, those that were found last may still answer.
        return [.. _last];
    }

    private async Task<IEnumerable<Uri>> ResolveAsync(DnsEndPoint silo)
    {
        try
        {
            using var limit = new CancellationTokenSource(ResolveTimeout);
            var addresses = IPAddress.TryParse(silo.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(silo.Host, limit.Token);
            // Generation 0 is whoever listens there.
            return addresses.Take(AddressesMax).Select(address => SiloAddress.New(new IPEndPoint(address, silo.Port), 0).ToGatewayUri());
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            LogUnresolved(silo.Host, error.Message);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} can't be resolved: {Reason}")]
    private partial void LogUnresolved(string host, string reason);
}
