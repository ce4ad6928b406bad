using Grid.Chain;
using Grid.Execution.Import;
using Grid.Node.Fixtures;

namespace Grid.Node.Replay.Clusters;

/// <summary>
/// The grid: every block goes through the coordinator of a cluster in this process. A cluster serves many cases of one specification;
/// those that were used last are kept.
/// </summary>
/// <remarks>
/// Safe because a cluster is either in the list, which the lock guards, or lent to one case. Silos start and stop outside the lock.
/// </remarks>
/// <param name="lanes">Lane threads per silo.</param>
public sealed class ClusterChains(int silos, int lanes) : IChainEngine, IAsyncDisposable
{
    /// <summary>More than the forks that one file of fixtures runs in turn, so that each finds its cluster again.</summary>
    private const int IdleMax = 20;

    private readonly Lock _lock = new();
    /// <summary>From the one that was used longest ago to the last.</summary>
    private readonly LinkedList<ReplayCluster> _idle = [];

    public string? NoChainReason => "not a chain of blocks: nothing for the grid's coordinator";

    public T Run<T>(ChainStart start, Func<IBlockTree, T> use)
    {
        var cluster = Take(start.Spec) ?? ReplayCluster.StartAsync(start.Spec, silos, lanes).GetAwaiter().GetResult();
        T result;
        try
        {
            result = use(new ClusterTree(cluster, start));
        }
        catch
        {
            // Nobody knows what state it is in.
            Stop(cluster);
            throw;
        }
        if (Return(cluster) is { } last)
        {
            Stop(last);
        }
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _idle)
        {
            await cluster.DisposeAsync();
        }
        _idle.Clear();
    }

    private ReplayCluster? Take(ChainSpec spec)
    {
        lock (_lock)
        {
            for (var node = _idle.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Spec.Equals(spec))
                {
                    _idle.Remove(node);
                    return node.Value;
                }
            }
            return null;
        }
    }

    /// <summary>Keeps a cluster; returns the one that has to go for it.</summary>
    private ReplayCluster? Return(ReplayCluster cluster)
    {
        lock (_lock)
        {
            _idle.AddLast(cluster);
            if (_idle.Count <= IdleMax)
            {
                return null;
            }
            var first = _idle.First!.Value;
            _idle.RemoveFirst();
            return first;
        }
    }

    private static void Stop(ReplayCluster cluster) => cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
