using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Messaging;
using Orleans.Runtime;

namespace Grid.Grains.Clustering;

/// <summary>
/// Where a client finds silos: the addresses of the names that it was given, asked for again and again, without those whose silos the cluster says are
/// dead. A name may have many, as that of a headless service has, so that silos come and go without any gateway being told.
/// </summary>
/// <remarks>
/// Safe because all that is shared are references to immutable values: what was found is written by one refresh or another, both being new enough, and what
/// is known by the one <see cref="MembershipWatch"/>.
/// </remarks>
internal sealed partial class SiloGateways(IReadOnlyList<DnsEndPoint> silos, WaitingQuestions waiting, ILogger<SiloGateways> logger) : IGatewayListProvider
{
    /// <summary>The most addresses that one name is taken to have.</summary>
    private const int AddressesMax = 256;

    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How often the names are resolved.</summary>
    private static readonly TimeSpan ResolveInterval = TimeSpan.FromSeconds(3);

    private volatile IReadOnlyList<IPEndPoint> _found = [];
    private volatile KnownSilos _known = KnownSilos.None;
    // Those that were lost, and that Orleans was therefore not given last time.
    private volatile IReadOnlyList<IPEndPoint> _lost = [];
    private volatile bool _hasNewlyLost;
    private long _resolved = -1;

    /// <summary>How long a silo that didn't answer isn't tried again, while others do.</summary>
    public TimeSpan MaxStaleness { get; } = TimeSpan.FromSeconds(5);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        if (_hasNewlyLost)
        {
            // Since the last time nothing is sent there, so who asks again is answered by another silo.
            _hasNewlyLost = false;
            waiting.GiveUp();
        }
        await ResolveAsync();
        var (found, known) = (_found, _known);
        var chosen = known.Choose(found);
        IPEndPoint[] lost = [.. found.Except(chosen).Where(known.Lost.Contains)];
        if (lost.Except(_lost).Any())
        {
            _hasNewlyLost = true;
            LogLost(string.Join<IPEndPoint>(", ", lost));
        }
        _lost = lost;
        // Generation 0 is whoever listens there.
        return [.. chosen.Select(place => SiloAddress.New(place, 0).ToGatewayUri())];
    }

    /// <summary>Takes what the cluster told.</summary>
    public void Learn(IReadOnlyCollection<MembershipEntry> members) => _known = _known.After(members, _found);

    /// <summary>Nobody tells any more: all that are found are tried.</summary>
    public void Forget() => _known = KnownSilos.None;

    private async Task ResolveAsync()
    {
        var last = Interlocked.Read(ref _resolved);
        if (last >= 0 && _found.Count > 0 && Stopwatch.GetElapsedTime(last) < ResolveInterval)
        {
            return;
        }
        var resolved = await Task.WhenAll(silos.Select(ResolveAsync));
        Interlocked.Exchange(ref _resolved, Stopwatch.GetTimestamp());
        IPEndPoint[] found = [.. resolved.SelectMany(x => x).Distinct()];
        // While names can't be resolved, those that were found last may still answer.
        if (found.Length > 0)
        {
            _found = found;
        }
    }

    private async Task<IEnumerable<IPEndPoint>> ResolveAsync(DnsEndPoint silo)
    {
        try
        {
            using var limit = new CancellationTokenSource(ResolveTimeout);
            var addresses = IPAddress.TryParse(silo.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(silo.Host, limit.Token);
            return addresses.Take(AddressesMax).Select(address => new IPEndPoint(address, silo.Port));
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            LogUnresolved(silo.Host, error.Message);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} can't be resolved: {Reason}")]
    private partial void LogUnresolved(string host, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster has lost the silos at {Places}: nothing is asked through them")]
    private partial void LogLost(string places);
}
