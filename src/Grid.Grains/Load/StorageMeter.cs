using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grid.Storage;

namespace Grid.Grains.Load;

/// <summary>
/// What this silo's durable writes took and how they failed, as .NET metrics (meter "Grid.Storage"): one measurement a batch. Labels are the
/// operation and the failure's kind: a dozen at most.
/// </summary>
/// <remarks>Safe because the counts are only ever added to, atomically, and instruments may be used by any thread.</remarks>
public sealed class StorageMeter : IDisposable
{
    public const string Name = "Grid.Storage";

    private readonly Meter _meter = new(Name);
    private readonly ConcurrentDictionary<(string Operation, StorageError Kind), long> _failures = new();
    private readonly Histogram<double> _duration;
    private long _journalBytes, _admissions;

    public StorageMeter()
    {
        _duration = _meter.CreateHistogram("grid.storage.write.duration", "s", "What a durable write took, by operation", advice: BlockMeter.Durations);
        _meter.CreateObservableCounter("grid.storage.failures", Failures, "{failure}", "Calls that the folder or the database failed, by operation and kind");
        _meter.CreateObservableCounter("grid.journal.size", () => Interlocked.Read(ref _journalBytes), "By", "Bytes of the blocks that were appended to the journal: bodies, receipts and access lists");
        _meter.CreateObservableCounter("grid.journal.admissions", () => Interlocked.Read(ref _admissions), "{transaction}", "Transactions that were made durable when the pools admitted them");
        foreach (var operation in new[] { StorageOperation.Append, StorageOperation.Pool, StorageOperation.Store, StorageOperation.Fence, StorageOperation.Read })
        {
            // A rate needs a first value to begin from.
            _failures[(operation, StorageError.Unavailable)] = 0;
        }
    }

    /// <summary>Measures a durable write.</summary>
    /// <param name="operation">One of <see cref="StorageOperation"/>.</param>
    public async ValueTask<T> WriteAsync<T>(string operation, ValueTask<T> write)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await ReadAsync(operation, write);
        _duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, Label("operation", operation));
        return result;
    }

    /// <summary>Counts a call's failure.</summary>
    /// <param name="operation">One of <see cref="StorageOperation"/>.</param>
    public async ValueTask<T> ReadAsync<T>(string operation, ValueTask<T> call)
    {
        try
        {
            return await call;
        }
        catch (StorageException error)
        {
            _failures.AddOrUpdate((operation, error.Error), 1, static (_, count) => count + 1);
            throw;
        }
    }

    /// <summary>Counts what an append has added.</summary>
    public void Appended(JournalBlock block) => Interlocked.Add(ref _journalBytes, block.Block.Length + block.Receipts.Length + block.AccessList.Length);

    /// <summary>Counts admissions.</summary>
    public void Admitted(int count) => Interlocked.Add(ref _admissions, count);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Failures() =>
        _failures.Select(x => new Measurement<long>(x.Value, Label("operation", x.Key.Operation), Label("kind", x.Key.Kind.ToString())));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}

/// <summary>The operations that <see cref="StorageMeter"/> tells apart.</summary>
public static class StorageOperation
{
    public const string Append = "append", Pool = "pool", Store = "store", Fence = "fence", Read = "read";
}
