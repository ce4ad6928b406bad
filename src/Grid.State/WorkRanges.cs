using System.Runtime.ExceptionServices;

namespace Grid.State;

/// <summary>Divides work over places [0, count) of an array among threads.</summary>
public static class WorkRanges
{
    /// <summary>Ranges a thread, so that one that starts late or is disturbed doesn't keep the others waiting.</summary>
    private const int RangesPerThread = 4;

    /// <summary>Runs the work for ranges that together are [0, count), at once on up to this many threads, this one among them.</summary>
    /// <param name="worthAThread">Fewer places than this in a range aren't worth a second thread.</param>
    /// <param name="work">Called with the first place of a range and the one after its last; with one thread once, for all.</param>
    public static void Run(int count, int parallelism, int worthAThread, Action<int, int> work)
    {
        var ranges = RangesOf(count, parallelism, worthAThread);
        if (ranges == 1)
        {
            work(0, count);
            return;
        }
        try
        {
            Parallel.For(0, ranges, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, range =>
                work(StartOf(range, ranges, count), StartOf(range + 1, ranges, count)));
        }
        catch (AggregateException error)
        {
            // What goes wrong is the same whatever the number of threads: who calls catches one type.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    /// <summary>Runs the work for each place of [0, count) by itself, where a single one is worth a thread.</summary>
    public static void RunEach(int count, int parallelism, Action<int> work) => Run(count, parallelism, worthAThread: 1, (from, to) =>
    {
        for (var i = from; i < to; i++)
        {
            work(i);
        }
    });

    /// <summary>The number of ranges that the work is divided into.</summary>
    public static int RangesOf(int count, int parallelism, int worthAThread) =>
        parallelism <= 1 ? 1 : Math.Clamp(count / worthAThread, 1, parallelism * RangesPerThread);

    /// <summary>The first place of a range; that of the range after the last is the count.</summary>
    public static int StartOf(int range, int ranges, int count) => (int)((long)count * range / ranges);
}
