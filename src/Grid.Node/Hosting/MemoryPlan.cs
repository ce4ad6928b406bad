using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using Grid.Grains;
using Grid.Grains.Placement;

namespace Grid.Node.Hosting;

/// <summary>How a node divides the memory that it may take.</summary>
/// <param name="LimitMib">All of it, in MiB.</param>
public sealed record MemoryPlan(int LimitMib)
{
    public const int LimitMibMin = 384, LimitMibMax = 1 << 20;

    /// <summary>Says to the process that begins anew which plan it has.</summary>
    private const string Variable = "GRID_MEMORY_PLAN";

    private const long MiB = 1L << 20;

    /// <summary>About what a transaction takes that waits.</summary>
    private const int BytesPerPoolTransaction = 4_096;

    private const int StatesKept = 2, PoolLimitMin = 256, GrainPlacesMax = 16_384;

    /// <summary>About what a changed account or slot takes while a proof of an old block is made.</summary>
    private const int BytesPerProofChange = 300, ProofChangesMin = 4_096;

    /// <summary>Orleans' dashboard keeps its page in memory, twice: 24 MiB. A process of less than this goes without.</summary>
    private const int OrleansDashboardMibMin = 1_024;

    private static readonly TimeSpan EvictInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Code (140 MiB of it mapped from files), stacks and the runtime's own, measured on a node at work.</summary>
    private const long RuntimeBytes = 224 * MiB;

    /// <summary>RocksDB's cache and buffers.</summary>
    public long DatabaseBytes => Math.Clamp(LimitMib * MiB / 12, 16 * MiB, 192 * MiB);

    /// <summary>
    /// The managed heap, as the collector's hard limit: it collects and compacts before it takes more from the system, in the allocation that would need it. What is
    /// kept on purpose is bounded to less than half of it, below, and the shards let go of more while it fills, so that no allocation comes to fail.
    /// </summary>
    public long HeapBytes => (LimitMib * MiB) - RuntimeBytes - DatabaseBytes;

    /// <summary>Whether Orleans' own dashboard has room.</summary>
    public bool ShowsOrleansDashboard => LimitMib >= OrleansDashboardMibMin;

    /// <summary>A process of this size has the collector come.</summary>
    public long CollectBytes => LimitMib * MiB * 3 / 4;

    /// <summary>What a node may keep: more than half of the heap is left for blocks at work, and for what the collector hasn't come to yet.</summary>
    public GridOptions Limit(GridOptions options) => options with
    {
        StateBytesMax = HeapBytes / 8,
        HeapBytesMax = HeapBytes,
        BlockCacheBytesMax = HeapBytes / 16,
        HistoryBytesMax = HeapBytes / 16,
        // What the store lacks, and what a state that is kept has, can't be let go of.
        GrainPlacesMax = GrainPlacesMax,
        ArchiveProofChangesMax = (int)Math.Clamp(HeapBytes / 16 / BytesPerProofChange, ProofChangesMin, options.ArchiveProofChangesMax),
        StatesKept = StatesKept,
        StoreLagBlocksMax = StatesKept,
        EvictInterval = EvictInterval,
        Pool = options.Pool with
        {
            LimitPerPool = (int)Math.Clamp(HeapBytes / 10 / BytesPerPoolTransaction / new ShardLayout(options.ShardPrefixNibbles).Count, PoolLimitMin, options.Pool.LimitPerPool),
        },
    };

    /// <summary>Whether this process was started with the plan's settings of the collector.</summary>
    public bool IsInForce => Environment.GetEnvironmentVariable(Variable) == Text;

    private string Text => LimitMib.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Begins this process anew, with the same arguments and number, and with the plan's settings: the runtime takes them at its start only. Returns only where
    /// that isn't possible; then the collector keeps its presets.
    /// </summary>
    public void Enforce()
    {
        var first = Environment.ProcessPath;
        if (OperatingSystem.IsWindows() || first is null)
        {
            return;
        }
        var arguments = Environment.GetCommandLineArgs();
        // Under the "dotnet" host, the first argument is the assembly.
        string?[] command = Path.GetFileNameWithoutExtension(first) == "dotnet" ? [first, .. arguments, null] : [first, .. arguments[1..], null];
        var settings = new Dictionary<string, string>
        {
            [Variable] = Text,
            // One heap, compacted when it has holes, that doesn't wait long with the youngest generation, and doesn't grow beside a collection.
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_GCConserveMemory"] = "5",
            ["DOTNET_GCgen0size"] = Hexadecimal(HeapBytes / 16),
            ["DOTNET_GCHeapHardLimit"] = Hexadecimal(HeapBytes),
            // glibc: memory that was freed in one of many arenas isn't found by the threads of the others.
            ["MALLOC_ARENA_MAX"] = "2",
        };
        var inherited = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Where(x => !settings.ContainsKey((string)x.Key)).Select(x => $"{x.Key}={x.Value}");
        execve(first, command, [.. inherited, .. settings.Select(x => $"{x.Key}={x.Value}"), null]);
    }

    private static string Hexadecimal(long bytes) => bytes.ToString("x", CultureInfo.InvariantCulture);

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int execve(string path, string?[] arguments, string?[] environment);
}
