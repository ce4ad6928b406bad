using System.Diagnostics;
using System.Globalization;
using Grid.Chain;
using Grid.Execution;
using Grid.Execution.Import;
using Grid.Execution.Waves;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Node.Bench.Block;
using Grid.Primitives;
using Grid.State;
using Grid.Storage.Memory;

namespace Grid.Node.Bench.Import;

/// <summary>What is imported, and how often.</summary>
/// <param name="Blocks">Into how many blocks the workload's transactions are divided.</param>
/// <param name="WarmUp">Pairs of imports before the ones that count.</param>
/// <param name="KnowsSenders">Recovers senders before the clock starts, which lists don't change.</param>
public sealed record ImportBenchmarkOptions(int Transactions, int Blocks, int Silos, int Lanes, int Runs, int WarmUp, bool KnowsSenders);

/// <summary>Medians of imports of one chain in pairs, with and without its access lists. Scripts read these names.</summary>
/// <param name="KnownSenders">Whether senders were recovered before.</param>
/// <param name="WithoutMs">From the first block until the last is committed.</param>
/// <param name="WithMs">The same with lists.</param>
/// <param name="Speedup">The median of the pairs' ratios: above 1 lists gain.</param>
/// <param name="ExecuteWithoutMs">Of that plan, waves and validation.</param>
/// <param name="ExecuteWithMs">The same with lists.</param>
/// <param name="ListsUsed">Blocks of the last import whose list was used.</param>
/// <param name="ExecutionsWithout">Executions for each transaction.</param>
/// <param name="Ok">Whether all imports ended with the same block.</param>
public sealed record ImportBenchmarkResult(
    string Workload, int Transactions, int Blocks, int Silos, int Lanes, int Runs, bool KnownSenders, double WithoutMs, double WithMs, double Speedup, double ExecuteWithoutMs, double ExecuteWithMs,
    int ListsUsed, double ExecutionsWithout, bool Ok)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Workload}: {Transactions} transactions in {Blocks} blocks, {Silos} silo(s), {Lanes} lane(s){(KnownSenders ? ", senders known" : "")}, medians of {Runs} pairs\n"
        + $"  without lists {WithoutMs:F0} ms (execute {ExecuteWithoutMs:F0}, {ExecutionsWithout:F2} executions a transaction), with lists {WithMs:F0} ms (execute {ExecuteWithMs:F0}, {ListsUsed} used): {Speedup:F2} x"
        + $"{(Ok ? "" : "; WRONG HEAD")}");
}

/// <summary>
/// Imports a workload, divided into blocks, into the grid over and over: without access lists and with them in turn, each time from the genesis block and decoded
/// anew. The cluster stays, so that code is compiled and calls are known.
/// </summary>
public sealed class ImportBenchmark(BlockWorkload workload, ImportBenchmarkOptions options)
{
    private readonly RewindingJournal _journal = new();

    private sealed record Imported(double Ms, double ExecuteMs, int ListsUsed, long Executions, Hash256 Head);

    public async Task<ImportBenchmarkResult> RunAsync(Action<string> progress, CancellationToken cancellation)
    {
        var blocks = MakeBlocks();
        var grid = new GridOptions { Genesis = workload.Genesis, Lanes = options.Lanes, MakeBlocks = false, StoreInterval = TimeSpan.FromDays(1) };
        await using var cluster = await LocalCluster.StartAsync(grid, options.Silos, _journal, new MemoryStateStore());
        var coordinator = cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        var (without, with) = (new List<Imported>(), new List<Imported>());
        for (var run = -options.WarmUp; run < options.Runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Who comes first changes, so that what one leaves to the other evens out.
            foreach (var isListed in run % 2 == 0 ? (bool[])[false, true] : [true, false])
            {
                var imported = await ImportAsync(coordinator, blocks, isListed, cancellation);
                if (run >= 0)
                {
                    (isListed ? with : without).Add(imported);
                }
                progress(string.Create(CultureInfo.InvariantCulture, $"{(isListed ? "with" : "without")} lists {imported.Ms:F0} ms, execute {imported.ExecuteMs:F0}"));
            }
        }
        var head = blocks[^1].Hash;
        return new ImportBenchmarkResult(
            workload.Name, options.Transactions, options.Blocks, options.Silos, options.Lanes, options.Runs, options.KnowsSenders, Median(without, x => x.Ms), Median(with, x => x.Ms),
            Sample.Round(Sample.Median([.. without.Zip(with, (a, b) => a.Ms / b.Ms)])), Median(without, x => x.ExecuteMs), Median(with, x => x.ExecuteMs),
            with[^1].ListsUsed, Sample.Round((double)without[^1].Executions / options.Transactions), without.Concat(with).All(x => x.Head == head));
    }

    private static double Median(List<Imported> runs, Func<Imported, double> of) => Sample.Round(Sample.Median([.. runs.Select(of)]));

    private sealed record ListedBlock(byte[] Block, byte[] List, Hash256 Hash);

    private List<ListedBlock> MakeBlocks()
    {
        var state = WorldTrie.Empty().Apply(workload.Genesis.ToAccountChanges());
        var parent = workload.Genesis.ToHeader(state.Root);
        var tree = new KnownBlocks(workload.Genesis.Spec, new Chain.Block(parent, [], [], []), state, options.Blocks + 1);
        var blocks = new List<ListedBlock>();
        var transactions = workload.Decode(options.Transactions);
        for (var i = 0; i < options.Blocks; i++)
        {
            var part = transactions[(int)((long)transactions.Length * i / options.Blocks)..(int)((long)transactions.Length * (i + 1) / options.Blocks)];
            var environment = BlockEnvironment.Next(
                workload.Genesis.Spec, parent, workload.Attributes with { Timestamp = workload.Attributes.Timestamp + (ulong)i }, tree.HashesUpTo(parent));
            var executor = new SequentialExecutor(environment, ExecutionMode.Build, part, state);
            if (executor.Run() != ExecutionStatus.Complete || executor.Result is not { Rejected.Length: 0 } result)
            {
                throw new BenchFileException(workload.Name, $"the transactions can't be divided into {options.Blocks} blocks: {executor.Error}");
            }
            state = state.Apply(result.AccessList.ToAccountChanges());
            var block = BlockSealer.Seal(result, state.Root);
            tree.Add(block, 0, state, new BlockOutcome(environment, result.Receipts, result.AccessList));
            blocks.Add(new ListedBlock(block.Encode(), result.AccessList.EncodeRlp(), block.Hash));
            parent = block.Header;
        }
        return blocks;
    }

    private static Chain.Block Decode(byte[] encoded) =>
        Chain.Block.TryDecode(encoded, out var block, out var error) ? block : throw new InvalidOperationException($"A block of one's own can't be read: {error}");

    private async Task<Imported> ImportAsync(IBlockCoordinatorGrain coordinator, List<ListedBlock> blocks, bool isListed, CancellationToken cancellation)
    {
        var imports = blocks.ConvertAll(block => new BlockImport(Decode(block.Block), block.Block.Length, isListed ? block.List : null));
        if (options.KnowsSenders)
        {
            imports.ForEach(import => Transaction.RecoverSenders(import.Block.Transactions, Environment.ProcessorCount));
        }
        await _journal.RewindAsync(cancellation);
        await coordinator.Recover();
        GC.Collect();
        var (executeMs, used, executions, head) = (0.0, 0, 0L, default(Hash256));
        var started = Stopwatch.GetTimestamp();
        foreach (var import in imports)
        {
            var result = await coordinator.ImportBlock(import);
            var committed = result.Committed ?? throw new InvalidOperationException($"A valid block is refused: {result.Error}");
            executeMs += committed.Times.PlanMs + committed.Times.ExecuteMs + committed.Times.ValidateMs;
            used += committed.Execution.AccessList == AccessListUse.Used ? 1 : 0;
            executions += committed.Execution.Executions;
            head = committed.Header.Hash;
        }
        return new Imported(Stopwatch.GetElapsedTime(started).TotalMilliseconds, executeMs, used, executions, head);
    }
}
