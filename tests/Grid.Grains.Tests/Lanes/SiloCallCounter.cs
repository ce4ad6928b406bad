using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Grid.Grains.Tests.Lanes;

/// <summary>
/// Counts calls from a grain on one silo to a grain on another, of one cluster only: Orleans' meters count for the whole process, other tests' clusters and
/// the runtime's own probes and gossip included.
/// </summary>
internal sealed class SiloCallCounter
{
    private const string CallingSilo = "grid.tests.calling-silo";

    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Joins a silo to the cluster that is counted.</summary>
    public void Watch(ISiloBuilder silo) =>
        silo.Services
            .AddSingleton<IOutgoingGrainCallFilter>(services => new Departures(services.GetRequiredService<ILocalSiloDetails>()))
            .AddSingleton<IIncomingGrainCallFilter>(services => new Arrivals(this, services.GetRequiredService<ILocalSiloDetails>()));

    private sealed class Departures(ILocalSiloDetails silo) : IOutgoingGrainCallFilter
    {
        public Task Invoke(IOutgoingGrainCallContext context)
        {
            RequestContext.Set(CallingSilo, silo.Name);
            return context.Invoke();
        }
    }

    private sealed class Arrivals(SiloCallCounter counter, ILocalSiloDetails silo) : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context)
        {
            // A call of the cluster's client has no calling silo.
            if (RequestContext.Get(CallingSilo) is string caller && caller != silo.Name)
            {
                Interlocked.Increment(ref counter._calls);
            }
            return context.Invoke();
        }
    }
}
