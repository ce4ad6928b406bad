using Grid.Grains.Placement;
using Grid.Storage;

namespace Grid.Grains.Pool;

/// <summary>
/// Reads the journal's table of admitted transactions for the pools of a silo. Pools begin together, and each needs its shard's part of the whole: those that ask
/// while a read goes on share the next one.
/// </summary>
/// <remarks>
/// Safe because one lock guards the two tasks, nothing waits inside it, and what a read gives is immutable. A read begins after all who share it have asked, so each
/// finds what was admitted before it asked.
/// </remarks>
public sealed class PoolTable(IJournal journal, ShardLayout layout, BackgroundWork background)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task<ILookup<int, PoolEntry>>? _waiting;

    /// <summary>A shard's entries, in no particular order.</summary>
    public async Task<PoolEntry[]> ReadAsync(int shard)
    {
        Task<ILookup<int, PoolEntry>> read;
        lock (_lock)
        {
            if (_waiting is null)
            {
                var earlier = _running;
                _waiting = background.Run(() => ReadAfterAsync(earlier));
            }
            read = _waiting;
        }
        return [.. (await read)[shard]];
    }

    private async Task<ILookup<int, PoolEntry>> ReadAfterAsync(Task earlier)
    {
        await earlier;
        var end = new TaskCompletionSource();
        lock (_lock)
        {
            // It begins: who asks from here on waits for the next one.
            (_running, _waiting) = (end.Task, null);
        }
        try
        {
            return (await journal.ReadPoolAsync()).ToLookup(entry => layout.ShardOf(entry.Sender));
        }
        finally
        {
            end.SetResult();
        }
    }
}
