using System.Diagnostics;
using Grid.Chain;

namespace Grid.Node.Bench.Block;

/// <summary>Runs an engine on a workload: once or more to warm up, then measured.</summary>
/// <param name="transactions">The first this many.</param>
/// <param name="copies">Whether the engine works on copies of the transactions: then they are decoded, and their senders recovered, once for all runs.</param>
public sealed class BlockBenchmark(BlockWorkload workload, IBlockEngine engine, int transactions, bool copies = false)
{
    /// <summary>
    /// Warm-up goes on until it has taken this long, so that what runs often is compiled for good: after 6 seconds the grid's blocks on
    /// two lanes still took half as long again as after 12. Who asks for one run wants the roots, and gets one run to warm up.
    /// </summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    private const int MaxWarmUps = 1_000;

    /// <summary>Blocks before each that is measured beside anvil: the processor's caches are anvil's by then.</summary>
    private const int WarmBlocksAfterAnvil = 2;

    private readonly List<Measured> _measured = [];
    private readonly List<double> _anvilMs = [];
    private bool _isRight = true;
    private (Transaction[] Transactions, double RecoverMs)? _decoded;

    /// <param name="warmUp">How long, where it isn't as long as <see cref="WarmUp"/>.</param>
    /// <param name="anvil">Mines the same block after each run, so that both meet the same minute of a machine that others use, too; null for nobody.</param>
    public async Task<BlockResult> RunAsync(
        int silos, int lanes, int runs, CancellationToken cancellation, TimeSpan? warmUp = null, AnvilBlocks? anvil = null)
    {
        await WarmUpAsync(runs == 1 ? TimeSpan.Zero : warmUp ?? WarmUp, cancellation);
        for (var i = 0; i < runs; i++)
        {
            for (var k = 0; k < WarmBlocksAfterAnvil && _anvilMs.Count > 0; k++)
            {
                await WarmUpAsync(TimeSpan.Zero, cancellation);
            }
            await MeasureAsync(cancellation);
            if (anvil is not null)
            {
                _anvilMs.Add(await anvil.MineAsync(transactions, cancellation));
            }
        }
        return Summarize(silos, lanes);
    }

    /// <summary>At least one run that isn't measured, but checked.</summary>
    public async Task WarmUpAsync(TimeSpan duration, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < MaxWarmUps && (i == 0 || Stopwatch.GetElapsedTime(started) < duration); i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _isRight &= await RunOnceAsync(cancellation) is { Ok: not false };
        }
    }

    /// <summary>One run that counts.</summary>
    public async Task MeasureAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var run = await RunOnceAsync(cancellation);
        _isRight &= run.Ok is not false;
        _measured.Add(run);
    }

    /// <summary>The medians of what was measured, at least one run.</summary>
    public BlockResult Summarize(int silos, int lanes)
    {
        var totalMs = MedianOf(run => run.Run.Times.TotalMs);
        var header = _measured[0].Run.Header;
        return new BlockResult(
            workload.Name, transactions, engine.Name, silos, lanes,
            MedianOf(run => run.RecoverMs),
            MedianOf(run => run.Run.Times.PlanMs),
            MedianOf(run => run.Run.Times.ExecuteMs),
            MedianOf(run => run.Run.Times.ValidateMs),
            MedianOf(run => run.Run.Times.ApplyMs),
            MedianOf(run => run.Run.Times.RootMs),
            MedianOf(run => run.Run.Times.CommitMs),
            totalMs,
            Sample.Round(transactions / totalMs * 1000), Sample.Round(header.GasUsed / totalMs / 1000),
            header.GasUsed, header.StateRoot.ToString(), header.ReceiptsRoot.ToString(),
            _measured[0].Ok is null && _isRight ? null : _isRight,
            workload.Seed,
            MedianWhereKnown(run => run.Run.Waves),
            MedianWhereKnown(run => run.Run.ExecutionsPerTransaction),
            _measured.FindLast(run => run.Run.Fallback is not null)?.Run.Fallback,
            MedianWhereKnown(run => run.Run.Sent),
            MedianWhereKnown(run => run.Run.Fetches),
            _anvilMs.Count > 0 ? Sample.Round(Sample.Median(_anvilMs)) : null,
            _anvilMs.Count > 0 ? Sample.Round(Sample.Median([.. _anvilMs.Zip(_measured, (anvil, own) => anvil / own.Run.Times.TotalMs)])) : null);
    }

    private sealed record Measured(BlockRun Run, double RecoverMs, bool? Ok);

    private double MedianOf(Func<Measured, double> value) => Sample.Round(Sample.Median([.. _measured.Select(value)]));

    private double? MedianWhereKnown(Func<Measured, double?> value) => _measured.TrueForAll(run => value(run) is not null) ? MedianOf(run => value(run)!.Value) : null;

    private async Task<Measured> RunOnceAsync(CancellationToken cancellation)
    {
        var (decoded, recoverMs) = _decoded ?? Decode();
        if (copies)
        {
            _decoded = (decoded, recoverMs);
        }
        CollectGarbage();
        var run = await engine.RunAsync(decoded, cancellation);
        return new Measured(run, recoverMs, Check(run));
    }

    private (Transaction[] Transactions, double RecoverMs) Decode()
    {
        var decoded = workload.Decode(transactions);
        var started = Stopwatch.GetTimestamp();
        Parallel.ForEach(decoded, transaction =>
        {
            // A pool knows both before a block is made.
            transaction.TryGetSender(out _);
            _ = transaction.Hash;
        });
        return (decoded, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>One run doesn't pay for the garbage of another.</summary>
    private static void CollectGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private bool? Check(BlockRun run)
    {
        if (run.Included != transactions)
        {
            return false;
        }
        return workload.ExpectedOf(transactions) is { } expected ? ExpectedBlock.Of(run.Header) == expected : null;
    }
}
