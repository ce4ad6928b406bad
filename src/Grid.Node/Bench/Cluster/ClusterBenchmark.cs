using Grid.Node.Bench.Block;

namespace Grid.Node.Bench.Cluster;

/// <summary>What `grid bench cluster` measures of each workload.</summary>
/// <param name="Silos">Numbers of silos, one cluster after the other.</param>
/// <param name="Transactions">Sizes of the block; none for all transactions.</param>
/// <param name="Lanes">Lane threads of each silo.</param>
/// <param name="WarmUp">How long blocks are made that aren't measured.</param>
/// <param name="Anvil">anvil's executable, to compare with; null to compare with nobody.</param>
internal sealed record ClusterBenchmarkOptions(int[] Silos, int[] Transactions, int Lanes, int Runs, TimeSpan WarmUp, bool ArePinned, string? Anvil);

/// <summary>Measures a workload on clusters of different sizes.</summary>
internal sealed class ClusterBenchmark(BlockWorkload workload, ClusterBenchmarkOptions options)
{
    private const int CountedBlocks = 3;

    /// <summary>One point for each number of silos and each size.</summary>
    public async IAsyncEnumerable<ClusterPoint> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        int[] sizes = options.Transactions.Length > 0 ? options.Transactions : [workload.Transactions.Length];
        var alone = new Dictionary<int, double>();
        var anvil = options.Anvil is { } executable ? new AnvilBlocks(workload, executable) : null;
        foreach (var silos in options.Silos)
        {
            await using var engine = new ClusterEngine(workload, silos, options.Lanes, options.ArePinned);
            foreach (var size in sizes)
            {
                var result = await new BlockBenchmark(workload, engine, size, copies: true).RunAsync(silos, options.Lanes, options.Runs, cancellation, options.WarmUp, anvil);
                var traffic = await CountAsync(engine, size, cancellation);
                if (silos == 1)
                {
                    alone[size] = result.TotalMs;
                }
                yield return new ClusterPoint(
                    options.ArePinned, traffic.Messages, Sample.Round(traffic.Bytes / 1024), alone.TryGetValue(size, out var one) ? Sample.Round(one / result.TotalMs) : null, result);
            }
        }
    }

    /// <summary>The medians of some blocks, beside those that are timed.</summary>
    private async Task<ClusterTraffic> CountAsync(ClusterEngine engine, int size, CancellationToken cancellation)
    {
        var counted = new List<ClusterTraffic>();
        for (var i = 0; i < (options.Runs == 1 ? 1 : CountedBlocks); i++)
        {
            var decoded = workload.Decode(size);
            Parallel.ForEach(decoded, transaction => transaction.TryGetSender(out _));
            counted.Add(await engine.CountAsync(decoded, cancellation));
        }
        return new ClusterTraffic(Sample.Median([.. counted.Select(x => x.Messages)]), Sample.Median([.. counted.Select(x => x.Bytes)]));
    }
}
