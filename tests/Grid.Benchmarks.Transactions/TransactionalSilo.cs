using System.Diagnostics;
using System.Net;
using Grid.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Transactions;

namespace Grid.Benchmarks.Transactions;

/// <summary>What a round gave.</summary>
/// <param name="Aborted">Transfers that Orleans gave up; they aren't counted as done.</param>
/// <param name="InDoubt">Those of the aborted ones that may have been done all the same.</param>
internal readonly record struct TransactionRound(double TransfersPerS, int Aborted, int InDoubt);

/// <summary>One silo in this process, on loopback as Grid's own, with Orleans Transactions over state in memory.</summary>
internal sealed class TransactionalSilo : IAsyncDisposable
{
    private const long InitialAmount = 1_000_000;

    private readonly IHost _host;
    private readonly ITransactionClient _client;
    private readonly ITransactionalAccountGrain[] _accounts;

    private TransactionalSilo(IHost host, int pairs)
    {
        _host = host;
        _client = host.Services.GetRequiredService<ITransactionClient>();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        _accounts = [.. Enumerable.Range(0, 2 * pairs).Select(i => grains.GetGrain<ITransactionalAccountGrain>(i))];
    }

    /// <param name="pairs">Of accounts; each transfer of a round has one of its own.</param>
    /// <param name="inFlight">Deposits at once.</param>
    public static async Task<TransactionalSilo> StartAsync(int pairs, int inFlight)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // Aborted transfers are counted, not logged.
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleans(silo =>
        {
            var ports = LocalCluster.FreePorts(2);
            silo.UseLocalhostClustering(ports[0], ports[1], new IPEndPoint(IPAddress.Loopback, ports[0]), serviceId: "transactions", clusterId: "transactions");
            silo.Configure<EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = IPAddress.Loopback);
            silo.AddMemoryGrainStorage(TransactionalAccountGrain.Storage);
            silo.UseTransactions();
        });
        var started = new TransactionalSilo(builder.Build(), pairs);
        await started._host.StartAsync();
        await ForEachAsync(started._accounts.Length, inFlight, i => started._accounts[i].Deposit(InitialAmount));
        return started;
    }

    /// <summary>One transfer for each pair.</summary>
    public async Task<TransactionRound> RunAsync(int inFlight)
    {
        var (aborted, inDoubt) = (0, 0);
        var pairs = _accounts.Length / 2;
        var started = Stopwatch.GetTimestamp();
        await ForEachAsync(pairs, inFlight, async i =>
        {
            try
            {
                await TransferAsync(_accounts[2 * i], _accounts[(2 * i) + 1]);
            }
            catch (OrleansTransactionException exception)
            {
                Interlocked.Increment(ref aborted);
                if (exception is OrleansTransactionInDoubtException)
                {
                    Interlocked.Increment(ref inDoubt);
                }
            }
        });
        return new TransactionRound((pairs - aborted) / Stopwatch.GetElapsedTime(started).TotalSeconds, aborted, inDoubt);
    }

    /// <summary>What all receivers own beyond what they began with: one for each transfer that was done.</summary>
    public async Task<long> CountArrivedAsync(int inFlight)
    {
        var arrived = 0L;
        await ForEachAsync(_accounts.Length / 2, inFlight, async i => Interlocked.Add(ref arrived, await _accounts[(2 * i) + 1].Read() - InitialAmount));
        return arrived;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private Task TransferAsync(ITransactionalAccountGrain from, ITransactionalAccountGrain to) =>
        _client.RunTransaction(TransactionOption.Create, () => Task.WhenAll(from.Withdraw(1), to.Deposit(1)));

    private static async Task ForEachAsync(int count, int inFlight, Func<int, Task> action)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await action(i);
            }
        })));
    }
}
