namespace Grid.Grains.Coordinator;

/// <summary>Lets one block at a time be made on a silo, and none any more once the silo stops.</summary>
/// <remarks>
/// Safe because the semaphore orders all who enter, and closing is final: whoever enters sees it, and closing ends only after
/// whoever was inside has left.
/// </remarks>
public sealed class BlockGate : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile bool _isClosed;
    private int _waiting;

    public bool IsClosed => _isClosed;

    /// <summary>Whether somebody waits for whoever is inside.</summary>
    public bool IsWanted => Volatile.Read(ref _waiting) > 0;

    /// <summary>Waits for the block before; false when the silo stops. After true, <see cref="Leave"/> must follow.</summary>
    public async Task<bool> EnterAsync()
    {
        Interlocked.Increment(ref _waiting);
        await _one.WaitAsync();
        Interlocked.Decrement(ref _waiting);
        if (!_isClosed)
        {
            return true;
        }
        _one.Release();
        return false;
    }

    public void Leave() => _one.Release();

    /// <summary>Lets nobody in any more, and waits until the block at hand is finished.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        _isClosed = true;
        await _one.WaitAsync(cancellation);
        _one.Release();
    }

    public void Dispose() => _one.Dispose();
}
