using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Primitives;

namespace Grid.Node.Bench.Cluster;

/// <summary>Blocks as somebody sees them who asks a gateway again and again: when, and with how many transactions.</summary>
/// <remarks>Safe because one task adds blocks, and they are touched under their lock.</remarks>
internal sealed class CommitWatch(HttpClient gateway)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly List<CommittedBlock> _blocks = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private ulong _seen;

    /// <summary>Seconds since it was made: the time that blocks have here.</summary>
    public double Now => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    public IReadOnlyList<CommittedBlock> Blocks
    {
        get
        {
            lock (_blocks)
            {
                return [.. _blocks];
            }
        }
    }

    public long Transactions
    {
        get
        {
            lock (_blocks)
            {
                return _blocks.Sum(block => (long)block.Transactions);
            }
        }
    }

    /// <summary>Looks until it is cancelled. Where nobody answers, or with an error, it asks again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var head = (ulong)UInt256.Parse(await AskAsync("eth_blockNumber") ?? "0x0");
                while (_seen < head && await AskAsync("eth_getBlockTransactionCountByNumber", $"0x{_seen + 1:x}") is { } count)
                {
                    _seen++;
                    lock (_blocks)
                    {
                        _blocks.Add(new CommittedBlock(Now, (int)(ulong)UInt256.Parse(count)));
                    }
                }
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or JsonException)
            {
                // Whoever sends counts what fails; here only time is lost.
            }
            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    /// <summary>Null for an error, and for what isn't there yet.</summary>
    private async Task<string?> AskAsync(string method, params object?[] parameters)
    {
        using var response = await gateway.PostAsJsonAsync("", new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("result", out var result) ? result.GetString() : null;
    }
}

/// <summary>A block that was seen.</summary>
/// <param name="Second">When, in the time of who saw it.</param>
internal readonly record struct CommittedBlock(double Second, int Transactions)
{
    /// <summary>Transactions a second in windows of equal length, the last one left out where it isn't whole.</summary>
    public static double[] RatesOf(IReadOnlyList<CommittedBlock> blocks, double from, double to, double windowS)
    {
        var sums = new double[Math.Max(0, (int)((to - from) / windowS))];
        foreach (var block in blocks)
        {
            var window = (int)Math.Floor((block.Second - from) / windowS);
            if (window >= 0 && window < sums.Length)
            {
                sums[window] += block.Transactions / windowS;
            }
        }
        return sums;
    }

    /// <summary>Seconds after an event until the rate stays at a part of what it was: the end of the last window that is below; 0 where none is.</summary>
    /// <param name="rates">In windows that begin with the event.</param>
    public static double RecoveryS(IReadOnlyList<double> rates, double usual, double part, double windowS)
    {
        for (var i = rates.Count; i > 0; i--)
        {
            if (rates[i - 1] < usual * part)
            {
                return i * windowS;
            }
        }
        return 0;
    }
}
