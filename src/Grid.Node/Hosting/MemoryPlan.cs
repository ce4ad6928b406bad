namespace Grid.Node.Hosting;

/// <summary>How a node divides the memory that it may take.</summary>
/// <param name="LimitMib">All of it, in MiB.</param>
public sealed record MemoryPlan(int LimitMib)
{
    public const int LimitMibMin = 256, LimitMibMax = 1 << 20;

    private const long MiB = 1L << 20;

    /// <summary>Code, stacks and the runtime's own, measured on an idle node.</summary>
    private const long RuntimeBytes = 112 * MiB;

    /// <summary>RocksDB's cache and buffers.</summary>
    public long DatabaseBytes => Math.Clamp(LimitMib * MiB / 12, 16 * MiB, 192 * MiB);

    /// <summary>The managed heap's hard limit: the collector works harder rather than pass it.</summary>
    public long HeapBytes => (LimitMib * MiB) - RuntimeBytes - DatabaseBytes;

    /// <summary>The loaded state. As much again is for blocks at work, and for what the collector hasn't come to yet.</summary>
    public long StateBytes => HeapBytes * 3 / 10;

    /// <summary>Decoded blocks.</summary>
    public long BlockCacheBytes => HeapBytes / 10;

    /// <summary>Sets the heap's limit, after what only a start needs has been let go of.</summary>
    public void LimitHeap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        AppContext.SetData("GCHeapHardLimit", (ulong)HeapBytes);
        GC.RefreshMemoryLimit();
    }
}
