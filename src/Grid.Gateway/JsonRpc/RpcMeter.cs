using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Grid.Gateway.JsonRpc;

/// <summary>
/// JSON-RPC calls as .NET metrics (meter "Grid.Rpc"), by the table's methods and five outcomes: what a client makes up isn't a label. Calls of a
/// batch that are answered together are counted together.
/// </summary>
internal sealed class RpcMeter : IDisposable
{
    public const string Name = "Grid.Rpc";

    private const string Unknown = "unknown";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _duration;

    public RpcMeter()
    {
        _calls = _meter.CreateCounter<long>("grid.rpc.calls", "{call}", "JSON-RPC calls, by method and outcome");
        _duration = _meter.CreateHistogram("grid.rpc.duration", "s", "What answering a JSON-RPC call took, or calls of one method together", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });
    }

    /// <summary>Counts answers to calls of one method.</summary>
    /// <param name="method">Null for a method that isn't in the table.</param>
    /// <param name="start">When they began, as <see cref="Stopwatch"/> has it.</param>
    public void Answered(RpcMethod? method, ReadOnlySpan<RpcAnswer> answers, long start)
    {
        if (!_calls.Enabled)
        {
            return;
        }
        var name = new KeyValuePair<string, object?>("method", method?.Name ?? Unknown);
        _duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, name);
        for (var i = 0; i < answers.Length;)
        {
            var outcome = OutcomeOf(answers[i]);
            var first = i;
            while (i < answers.Length && ReferenceEquals(OutcomeOf(answers[i]), outcome))
            {
                i++;
            }
            _calls.Add(i - first, name, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    public void Dispose() => _meter.Dispose();

    private static string OutcomeOf(in RpcAnswer answer) => answer.Error?.Code switch
    {
        null => "ok",
        RpcErrorCode.Unavailable => "unavailable",
        RpcErrorCode.Internal => "failed",
        RpcErrorCode.Parse or RpcErrorCode.InvalidRequest or RpcErrorCode.MethodNotFound or RpcErrorCode.InvalidParameters => "invalid",
        _ => "refused",
    };
}
