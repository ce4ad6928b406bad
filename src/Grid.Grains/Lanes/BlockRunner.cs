using System.Diagnostics;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes;

/// <summary>
/// Executes a block on the silo's lanes: plans it, does its waves, and puts them together. Where state is on another silo, what is sure to be
/// needed is fetched beforehand, and what work misses after that in between.
/// </summary>
/// <remarks>
/// Safe because each run has an execution and fetched state of its own; the memory pool, the profiles and the counters guard themselves.
/// </remarks>
public sealed class BlockRunner(
    LaneThreads lanes, WaveHost waves, SiloSnapshot snapshot, StateFetcher fetcher, ProfileTable profiles, ProfileTeacher teacher,
    ExecutionCounters counters, GrainLoad load, GridOptions options, BackgroundWork background)
{
    private const int HottestPerBlock = 64;

    private readonly ExecutionMemoryPool _memories = new(kept: 2 + (lanes.Count * (options.Execution.BatchesPerLane + 1)));

    /// <exception cref="StateMovedException">This silo doesn't show the parent, or another one no longer keeps the state after it.</exception>
    public async Task<ExecutedBlock> RunAsync(BlockWork block)
    {
        var parent = block.Environment.Header.Number - 1;
        var view = snapshot.At(parent) ?? throw new StateMovedException(parent);
        var state = new FetchedState(view);
        var clock = new PhaseClock();
        var fetches = 0;
        if (!view.IsComplete)
        {
            await FetchPredictedAsync(block, state);
            fetches++;
        }
        var execution = new ParallelExecution(
            block.Environment, block.Mode, block.Transactions, view.IsComplete ? view : state, profiles.ForBlock(),
            options.Execution with { Lanes = lanes.Count }, _memories, block.Ommers)
        {
            KeepsIntermediateLists = block.Environment.Fork < Fork.Byzantium,
        };
        var wave = await lanes.RunAsync(execution.Next);
        var planMs = clock.Next();
        double executeMs = 0, validateMs = 0, busyMs = 0;
        while (wave.Count > 0)
        {
            var busyBefore = lanes.Busy;
            fetches += await waves.RunAsync(wave, state);
            busyMs += (lanes.Busy - busyBefore).TotalMilliseconds;
            executeMs += clock.Next();
            wave = await lanes.RunAsync(execution.Next);
            validateMs += clock.Next();
        }
        // Also what else the lanes did meanwhile, such as calls: as a rule little.
        counters.Add(execution.Report, executeMs > 0 ? busyMs / executeMs : 0);
        teacher.Teach(execution.Observe());
        execution.Release();
        // Nobody waits for the sketch.
        _ = background.Run(() => CountTouches(block.Transactions));
        return new ExecutedBlock(execution.Result, execution.Error, execution.Report, new ExecutionTimes(planMs, executeMs, validateMs), fetches);
    }

    /// <summary>The time since it was asked last, in milliseconds.</summary>
    private sealed class PhaseClock
    {
        private long _last = Stopwatch.GetTimestamp();

        public double Next()
        {
            var now = Stopwatch.GetTimestamp();
            var elapsed = Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds;
            _last = now;
            return elapsed;
        }
    }

    /// <summary>What is sure to be needed: senders, recipients with their code, access lists, the beneficiary.</summary>
    private Task FetchPredictedAsync(BlockWork block, FetchedState state)
    {
        var accounts = new HashSet<Address> { block.Environment.Header.Beneficiary };
        var codes = new HashSet<Address>();
        var slots = new HashSet<SlotKey>();
        foreach (var transaction in block.Transactions)
        {
            accounts.Add(transaction.Sender);
            if (transaction.To is { } to)
            {
                accounts.Add(to);
                codes.Add(to);
            }
            foreach (var entry in transaction.AccessList)
            {
                accounts.Add(entry.Address);
                slots.UnionWith(entry.StorageKeys.Select(key => new SlotKey(entry.Address, key)));
            }
        }
        accounts.RemoveWhere(address => state.View.IsHere(in address));
        codes.RemoveWhere(address => state.View.IsHere(in address));
        slots.RemoveWhere(key => state.View.IsHere(key.Address));
        return fetcher.FetchAsync(state, accounts, slots, codes);
    }

    /// <summary>Feeds the sketch with the block's hottest recipients; of many, only those it calls more than once can be hot.</summary>
    private void CountTouches(Transaction[] transactions)
    {
        var counts = new Dictionary<Address, int>();
        foreach (var transaction in transactions)
        {
            if (transaction.To is { } to)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, to, out _)++;
            }
        }
        load.HotAccounts.Touch(counts.Where(x => counts.Count <= HottestPerBlock || x.Value > 1).OrderByDescending(x => x.Value).Take(HottestPerBlock));
    }
}
