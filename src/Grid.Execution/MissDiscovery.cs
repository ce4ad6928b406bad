using Grid.Chain;
using Grid.Evm;
using Grid.State;

namespace Grid.Execution;

/// <summary>
/// Finds what else is missing once something is: all later transactions are tried, and undone, so that one fetch brings most of what they
/// need; what may be asked for is bounded by their gas.
/// </summary>
internal sealed class MissDiscovery(TransactionExecutor executor, TransactionWorld world, Fork fork)
{
    private int _missedAt = -1;

    /// <summary>What is missing, each once.</summary>
    public HashSet<StateMiss> Misses { get; } = [];

    /// <param name="transactions">Those that are still to run, in order.</param>
    /// <param name="next">The number of the first, by which a second miss is known.</param>
    public void Discover(IEnumerable<Transaction> transactions, int next)
    {
        var first = true;
        foreach (var transaction in transactions)
        {
            if (first && _missedAt == next)
            {
                // It missed before: a chain of reads, each of which depends on the one before, or seems to. A guess at the whole of it, over the
                // state before the block, makes one fetch of many.
                executor.Discover(transaction, new TransactionWorld(new GuessingReader(world.Reader, Misses), fork));
            }
            first = false;
            executor.Discover(transaction, world);
        }
        _missedAt = next;
        foreach (var miss in world.Misses)
        {
            Misses.Add(miss);
        }
    }

    public void Clear()
    {
        Misses.Clear();
        world.ClearMisses();
    }
}
