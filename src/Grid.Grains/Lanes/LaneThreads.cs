using System.Diagnostics;
using System.Threading.Channels;

namespace Grid.Grains.Lanes;

/// <summary>
/// The silo's lanes: dedicated threads below normal priority, on which all EVM work runs. Two grain turns that compute for
/// 500 ms stall every other grain of a silo for seconds; a turn that awaits a lane stalls nobody but its own grain.
/// </summary>
/// <remarks>
/// Safe because a work item belongs to the one thread that took it from the channel, and its result is published by the
/// completion source, whose continuations run elsewhere (the grain's own scheduler). The channel is bounded: a caller waits
/// for room. Where a scheduler is given instead, it alone says what runs when.
/// </remarks>
public sealed class LaneThreads : IAsyncDisposable
{
    private readonly Channel<Action> _work;
    private readonly Thread[] _threads;
    private readonly TaskScheduler? _scheduler;
    private long _busyTicks;
    private long _items;

    /// <param name="count">The number of threads.</param>
    /// <param name="queueLimit">The most work items that wait.</param>
    public LaneThreads(int count, int queueLimit = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _work = Channel.CreateBounded<Action>(queueLimit);
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(Run)
        {
            Name = $"lane-{i}",
            IsBackground = true,
            Priority = ThreadPriority.BelowNormal,
        })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Lanes without threads of their own: a scheduler runs their work, as in a simulation.</summary>
    /// <param name="count">How many lanes there seem to be.</param>
    public LaneThreads(int count, TaskScheduler scheduler)
    {
        _work = Channel.CreateBounded<Action>(1);
        _threads = [];
        (Count, _scheduler) = (count, scheduler);
    }

    public int Count { get; }

    /// <summary>The time that all lanes together have worked.</summary>
    public TimeSpan Busy => TimeSpan.FromTicks(Interlocked.Read(ref _busyTicks));

    public long ItemsDone => Interlocked.Read(ref _items);

    public int Waiting => _work.Reader.Count;

    /// <summary>Runs the work on a lane. Its exception becomes the task's.</summary>
    public async Task<T> RunAsync<T>(Func<T> work)
    {
        if (_scheduler is not null)
        {
            return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        }
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _work.Writer.WriteAsync(() =>
        {
            // Counted before anybody is told, so that whoever awaits finds it counted.
            var start = Stopwatch.GetTimestamp();
            try
            {
                var result = work();
                AddBusy(start);
                completion.SetResult(result);
            }
            catch (Exception error) // the lane's boundary: reported to whoever awaits
            {
                AddBusy(start);
                completion.SetException(error);
            }
        });
        return await completion.Task;
    }

    public ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        foreach (var thread in _threads)
        {
            thread.Join(TimeSpan.FromSeconds(5));
        }
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        // A lane has nothing else to do than to wait for work: blocking its own thread is what it is for.
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_work.Reader.TryRead(out var item))
            {
                item();
            }
        }
    }

    private void AddBusy(long start)
    {
        Interlocked.Add(ref _busyTicks, Stopwatch.GetElapsedTime(start).Ticks);
        Interlocked.Increment(ref _items);
    }
}
