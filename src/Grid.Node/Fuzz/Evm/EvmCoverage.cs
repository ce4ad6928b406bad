using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>What the cases reached. Of one lane while it runs; added up at the end.</summary>
internal sealed class EvmCoverage
{
    public long[] Opcodes { get; } = new long[256];

    /// <summary>Of frames, by their last frame's reason.</summary>
    public long[] Halts { get; } = new long[Enum.GetValues<Halt>().Length];

    public SortedDictionary<string, long> Precompiles { get; } = new(StringComparer.Ordinal);

    /// <summary>Included transactions by type, and by how they ended.</summary>
    public SortedDictionary<string, long> Transactions { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Rejections { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Forks { get; } = new(StringComparer.Ordinal);

    /// <summary>Milliseconds spent on each path.</summary>
    public SortedDictionary<string, double> PathMs { get; } = new(StringComparer.Ordinal);

    /// <summary>Cases executed on each path.</summary>
    public SortedDictionary<string, long> PathCases { get; } = new(StringComparer.Ordinal);

    /// <summary>Access lists, right and wrong ones, by what became of them.</summary>
    public SortedDictionary<string, long> Lists { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Blocks that were executed in parallel by what became of their waves, and their transactions by whether an outcome was taken over or the
    /// transaction executed again.
    /// </summary>
    public SortedDictionary<string, long> Waves { get; } = new(StringComparer.Ordinal);

    public long Steps { get; set; }

    public int DeepestCall { get; set; }

    public void Count(BlockExecution execution)
    {
        Add(Forks, execution.Environment.Fork.ToString());
        foreach (var receipt in execution.Receipts)
        {
            Add(Transactions, $"{receipt.Type} {(receipt.Succeeded ? "succeeded" : "failed")}");
        }
        foreach (var rejected in execution.Rejected)
        {
            Add(Rejections, rejected.Error.Code.ToString());
        }
    }

    public void Count(ExecutionReport report)
    {
        var again = report.Executions - report.Transactions;
        Add(Waves, report.Fallback == FallbackReason.None && report.Batches > 1 ? "blocks merged" : $"blocks: {report.Fallback}");
        if (report.Batches > 1)
        {
            Add(Waves, "transactions taken over", report.Transactions - again);
            Add(Waves, "transactions executed again", again);
        }
    }

    public void CountList(AccessListUse use) => Add(Lists, use.ToString());

    public void CountPath(string path, double elapsedMs, long cases = 1)
    {
        PathMs[path] = PathMs.GetValueOrDefault(path) + elapsedMs;
        Add(PathCases, path, cases);
    }

    public void CountPrecompile(in Address address, Halt halt) =>
        Add(Precompiles, $"0x{address.ToWord().U0:x2} {(halt.IsSuccess() ? "succeeded" : "failed")}");

    public void Add(EvmCoverage other)
    {
        for (var i = 0; i < Opcodes.Length; i++)
        {
            Opcodes[i] += other.Opcodes[i];
        }
        for (var i = 0; i < Halts.Length; i++)
        {
            Halts[i] += other.Halts[i];
        }
        Merge(Precompiles, other.Precompiles);
        Merge(Transactions, other.Transactions);
        Merge(Rejections, other.Rejections);
        Merge(Forks, other.Forks);
        Merge(Waves, other.Waves);
        Merge(Lists, other.Lists);
        foreach (var (path, elapsedMs) in other.PathMs)
        {
            CountPath(path, elapsedMs, other.PathCases[path]);
        }
        Steps += other.Steps;
        DeepestCall = Math.Max(DeepestCall, other.DeepestCall);
    }

    /// <summary>Opcodes of a fork that no case reached.</summary>
    public List<string> Unreached(Fork fork) => [.. OpcodeFacts.Of(fork).Where(facts => Opcodes[facts.Code] == 0).Select(facts => facts.Name)];

    private static void Add(SortedDictionary<string, long> counts, string key, long count = 1) => counts[key] = counts.GetValueOrDefault(key) + count;

    private static void Merge(SortedDictionary<string, long> into, SortedDictionary<string, long> from)
    {
        foreach (var (key, count) in from)
        {
            Add(into, key, count);
        }
    }
}

/// <summary>Counts opcodes, ends of frames and precompiles, and checks that what a trace says is possible.</summary>
internal sealed class CoverageTracer(EvmCoverage coverage, Fork fork) : ITracer
{
    private const int StackLimit = 1_024, DepthLimit = 1_024;

    private readonly HashSet<Address> _precompiles = PrecompilesOf(fork);
    private readonly Stack<Address?> _open = [];
    private readonly Stack<long> _gas = [];

    private static readonly HashSet<Address>?[] Known = new HashSet<Address>?[(int)Fork.Amsterdam + 1];

    /// <summary>The first thing that can't be; null for none.</summary>
    public string? Fault { get; private set; }

    public bool WantsSteps => true;

    public void OnEnter(in FrameStart start)
    {
        if (start.Depth != _open.Count || start.Depth > DepthLimit || start.Gas < 0)
        {
            Fault ??= $"a frame of depth {start.Depth} with gas {start.Gas} begins inside of {_open.Count}";
        }
        coverage.DeepestCall = Math.Max(coverage.DeepestCall, start.Depth);
        var isPrecompile = start.Kind < FrameKind.Create && _precompiles.Contains(start.CodeAddress);
        _open.Push(isPrecompile ? start.CodeAddress : null);
        _gas.Push(start.Gas);
    }

    public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
        coverage.Halts[(int)halt]++;
        if (_open.Count == 0 || depth != _open.Count - 1)
        {
            Fault ??= $"a frame of depth {depth} ends inside of {_open.Count}";
            return;
        }
        if (_open.Pop() is { } precompile)
        {
            coverage.CountPrecompile(in precompile, halt);
        }
        if (gasLeft < 0 || gasLeft > _gas.Pop())
        {
            Fault ??= $"a frame of depth {depth} ends with gas {gasLeft}, more than it had or below zero";
        }
    }

    public void OnStep(in Step step)
    {
        coverage.Opcodes[step.Opcode]++;
        coverage.Steps++;
        if (step.Stack.Length > StackLimit || step.Gas < 0 || step.Depth != _open.Count - 1 || step.Memory.Length % 32 != 0)
        {
            Fault ??= $"a step at {step.ProgramCounter} of depth {step.Depth} has {step.Stack.Length} words, {step.Memory.Length} bytes of memory and gas {step.Gas}";
        }
    }

    private static HashSet<Address> PrecompilesOf(Fork fork) =>
        Known[(int)fork] ??= [.. PrecompileFacts.AddressesOf(fork)];
}
