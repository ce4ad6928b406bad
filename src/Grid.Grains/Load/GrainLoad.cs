using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Runtime;

namespace Grid.Grains.Load;

/// <summary>What one grain type has done on this silo since it started.</summary>
/// <remarks>Safe because every field is a counter that is only ever added to, atomically; a reader sees each at some moment.</remarks>
public sealed class GrainTypeCounters
{
    private long _turns, _busyTicks, _errors, _activations, _longestTicks, _inTurn;

    public long Turns => Interlocked.Read(ref _turns);

    public long Errors => Interlocked.Read(ref _errors);

    public TimeSpan Busy => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _busyTicks));

    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestTicks));

    /// <summary>Activations on this silo now.</summary>
    public long Activations => Interlocked.Read(ref _activations);

    /// <summary>Turns that have begun and not ended: the length of what waits inside grains.</summary>
    public long InTurn => Interlocked.Read(ref _inTurn);

    public void Activated() => Interlocked.Increment(ref _activations);

    public void Deactivated() => Interlocked.Decrement(ref _activations);

    public void TurnBegan() => Interlocked.Increment(ref _inTurn);

    public void TurnEnded(long ticks, bool failed)
    {
        Interlocked.Decrement(ref _inTurn);
        Interlocked.Increment(ref _turns);
        Interlocked.Add(ref _busyTicks, ticks);
        if (failed)
        {
            Interlocked.Increment(ref _errors);
        }
        var longest = Interlocked.Read(ref _longestTicks);
        while (ticks > longest)
        {
            var seen = Interlocked.CompareExchange(ref _longestTicks, ticks, longest);
            if (seen == longest)
            {
                break;
            }
            longest = seen;
        }
    }
}

/// <summary>The silo's counters: per grain type (a handful), and the hottest accounts in a sketch of fixed size.</summary>
public sealed class GrainLoad
{
    private readonly ConcurrentDictionary<string, GrainTypeCounters> _types = new();

    public HotAccounts HotAccounts { get; } = new(capacity: 256);

    /// <summary>The counters of a grain type, by the type's own name (never by a grain's key).</summary>
    public GrainTypeCounters Of(string grainType) => _types.GetOrAdd(grainType, static _ => new GrainTypeCounters());

    public IEnumerable<KeyValuePair<string, GrainTypeCounters>> Types => _types;
}

/// <summary>Measures each turn of Grid's grains: two timestamps and a few atomic additions a call.</summary>
public sealed class GrainLoadFilter(GrainLoad load) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not ICountedGrain)
        {
            await context.Invoke();
            return;
        }
        var counters = load.Of(context.Grain.GetType().Name);
        counters.TurnBegan();
        var start = Stopwatch.GetTimestamp();
        var failed = true;
        try
        {
            await context.Invoke();
            failed = false;
        }
        finally
        {
            counters.TurnEnded(Stopwatch.GetTimestamp() - start, failed);
        }
    }
}

/// <summary>Marks the grains whose turns are counted.</summary>
public interface ICountedGrain;
