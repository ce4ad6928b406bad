using System.Collections.Concurrent;
using System.Diagnostics;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;
using Grid.Grains.Lanes.Guests;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes;

/// <summary>
/// Executes a block: plans it, has its waves done by the lanes of this silo and of the others, and puts them together. Where state is on another
/// silo, what is expected to be needed is fetched beforehand, and what work misses after that in between.
/// </summary>
/// <remarks>
/// Safe because each run has an execution and fetched state of its own; the memory pool, the profiles, the counters and the queue of what isn't counted yet guard
/// themselves, and the slots of the last block's predictions are one reference, replaced whole.
/// </remarks>
public sealed class BlockRunner(
    LaneThreads lanes, WaveHost waves, GuestSender guests, SiloDirectory silos, SiloSnapshot snapshot, StateFetcher fetcher, ProfileTable profiles,
    ProfileTeacher teacher, ExecutionCounters counters, Contention contention, GrainLoad load, GridOptions options, BackgroundWork background)
{
    private const int HottestPerBlock = 64;

    /// <summary>One is executed while the one before is on its way into the journal; a try that is given up is never counted.</summary>
    private const int UncountedMax = 4;

    private readonly ExecutionMemoryPool _memories = new(kept: 2 + (lanes.Count * (options.Execution.BatchesPerLane + 1)));

    private readonly ConcurrentQueue<(BlockWork Block, BlockExecution? Result)> _uncounted = [];

    private volatile SlotKey[] _sources = [];

    /// <exception cref="StateMovedException">This silo doesn't show the parent, or another one no longer keeps the state after it.</exception>
    public async Task<ExecutedBlock> RunAsync(BlockWork block)
    {
        var view = snapshot.Find(block.Environment.Header.ParentHash) ?? throw new StateMovedException(block.Environment.Header.Number - 1);
        var run = new Run(block, silos.Sites(), new FetchedState(view), profiles.ForBlock());
        var clock = new PhaseClock();
        if (block.Mode == ExecutionMode.Import)
        {
            await RecoverSendersAsync(block.Transactions);
        }
        if (!view.IsComplete && block.AccessList.Length == 0)
        {
            // What the last block's predictions followed from: the next one's mostly follow from the same.
            await FetchSourcesAsync(run);
        }
        var execution = new ParallelExecution(
            block.Environment, block.Mode, block.Transactions, run.Reader, run.Predictor,
            options.Execution with { Lanes = lanes.Count * run.Sites.Silos.Length }, _memories, block.Ommers)
        {
            KeepsIntermediateLists = block.Environment.Fork < Fork.Byzantium,
            Sites = run.Sites.Sites,
            AccessList = block.AccessList,
        };
        var wave = await lanes.RunAsync(execution.Next);
        var planMs = clock.Next();
        double executeMs = 0, validateMs = 0, busyMs = 0;
        while (wave.Count > 0)
        {
            var busyBefore = lanes.Busy;
            await RunWaveAsync(run, wave);
            busyMs += (lanes.Busy - busyBefore).TotalMilliseconds;
            executeMs += clock.Next();
            wave = await lanes.RunAsync(execution.Next);
            validateMs += clock.Next();
        }
        // Also what else the lanes did meanwhile, such as calls: as a rule little.
        var report = execution.Report with { Fetches = run.Fetches };
        counters.Add(report, executeMs > 0 ? busyMs / executeMs : 0);
        teacher.Teach(execution.Observe());
        execution.Release();
        _sources = view.IsComplete ? [] : [.. run.Predictor.Sources.Select(ToKey).Where(key => !view.IsHere(key.Address)).Take(options.PredictionSourcesMax)];
        Remember(block, execution.Result);
        return new ExecutedBlock(execution.Result, execution.Error, report, new ExecutionTimes(planMs, executeMs, validateMs));
    }

    /// <summary>A block that is being executed.</summary>
    private sealed record Run(BlockWork Block, SiloSites Sites, FetchedState State, IAccessPredictor Predictor)
    {
        public IStateReader Reader => State.View.IsComplete ? State.View : State;

        /// <summary>Rounds of fetching.</summary>
        public int Fetches { get; set; }
    }

    /// <summary>Of a block that was made elsewhere; the pools know those of their own.</summary>
    private Task RecoverSendersAsync(Transaction[] transactions) => Task.WhenAll(Enumerable.Range(0, lanes.Count).Select(lane => lanes.RunAsync(() =>
    {
        for (var i = lane; i < transactions.Length; i += lanes.Count)
        {
            transactions[i].TryGetSender(out _);
        }
        return true;
    })));

    private async Task FetchSourcesAsync(Run run)
    {
        if (_sources is { Length: > 0 } sources)
        {
            await fetcher.FetchAsync(run.State, [], sources, []);
            run.Fetches++;
        }
    }

    /// <summary>Does a wave's work, here and on other silos, each of which gets one message. What a silo doesn't do is done here.</summary>
    private async Task RunWaveAsync(Run run, IReadOnlyList<LaneWork> wave)
    {
        if (run.Sites.AreOne)
        {
            await RunHereAsync(run, wave);
            return;
        }
        var places = WavePlacement.Place(wave, run.Sites.Silos.Length, run.Sites.Own, lanes.Count, options.Placement);
        var parts = wave.Zip(places).GroupBy(x => x.Second, x => x.First).ToDictionary(group => group.Key, group => group.ToArray());
        var own = parts.GetValueOrDefault(run.Sites.Own) ?? [];
        var encoded = new TaskCompletionSource();
        // Asked before the other silos are given work: who is busy with that answers late.
        var fetched = PrefetchAsync(run, own, encoded.Task);
        (int Site, LaneWork[] Work, byte[] Content)[] requests;
        try
        {
            requests = await Task.WhenAll(parts.Where(part => part.Key != run.Sites.Own).Select(async part =>
                (part.Key, part.Value, await lanes.RunAsync(() => ContentFor(run, part.Key, part.Value)))));
        }
        finally
        {
            // Predictions and messages were made from the state that is added to now.
            encoded.SetResult();
        }
        var elsewhere = Task.WhenAll(requests.Select(request => guests.RunAsync(run.Sites.Silos[request.Site], run.State.View.Header, request.Work, request.Content)));
        var here = RunHereAsync(run, own, fetched);
        var outcomes = await elsewhere;
        await here;
        LaneWork[] left = [.. outcomes.SelectMany(outcome => outcome.Left)];
        run.Fetches += outcomes.Max(outcome => (int?)outcome.Fetches) ?? 0;
        await RunHereAsync(run, left);
    }

    private Task RunHereAsync(Run run, IReadOnlyList<LaneWork> work) => RunHereAsync(run, work, PrefetchAsync(run, work, Task.CompletedTask));

    private async Task RunHereAsync(Run run, IReadOnlyList<LaneWork> work, Task fetched)
    {
        await fetched;
        if (work.Count > 0)
        {
            run.Fetches += await waves.RunAsync(work, run.State);
        }
    }

    /// <summary>Fetches what work is expected to need and isn't here.</summary>
    /// <param name="unread">When the fetched state may be added to.</param>
    private async Task PrefetchAsync(Run run, IReadOnlyList<LaneWork> work, Task unread)
    {
        if (run.State.View.IsComplete || work.All(x => x.FindsItsState))
        {
            return;
        }
        var transactions = TransactionsOf(run, work);
        SystemCalls? system = work.All(x => x.Work is ISendable) ? null : new SystemCalls(run.Block.Environment);
        run.Fetches += await fetcher.PrefetchAsync(run.State, (system?.Accounts() ?? []).Append(run.Block.Environment.Header.Beneficiary), transactions, LocateHere, unread);

        HashSet<SlotKey> LocateHere()
        {
            var slots = Locate(run, transactions, run.Sites.Own);
            // What comes before and after transactions.
            slots.UnionWith(system?.Slots().Select(x => new SlotKey(x.Contract, x.Slot)) ?? []);
            return slots;
        }
    }

    /// <summary>The message that has a silo execute batches.</summary>
    private static byte[] ContentFor(Run run, int site, LaneWork[] work)
    {
        var transactions = TransactionsOf(run, work);
        var accounts = transactions.SelectMany(transaction => transaction.To is { } to ? [transaction.Sender, to] : (Address[])[transaction.Sender]);
        var state = SentState.Collect(
            run.State, run.Sites.Sites, site, accounts.Prepend(run.Block.Environment.Header.Beneficiary), Locate(run, transactions, site));
        return GuestContent.Encode(
            run.Block.Environment, run.Block.Transactions, [.. work.Select(x => new GuestBatch(((ISendable)x.Work).Members, x.Gas, x.Anchor))], state);
    }

    /// <summary>The batches' transactions; all of the block's where it is executed as one strand. What comes before and after transactions has none.</summary>
    private static IReadOnlyCollection<Transaction> TransactionsOf(Run run, IReadOnlyList<LaneWork> work)
    {
        return work.Any(x => x.Work is SequentialExecutor)
            ? run.Block.Transactions
            : [.. work.Select(x => x.Work).OfType<ISendable>().SelectMany(batch => batch.Members).Select(member => run.Block.Transactions[member])];
    }

    /// <summary>Slots that the transactions are expected to need and that a site doesn't have.</summary>
    private static HashSet<SlotKey> Locate(Run run, IReadOnlyCollection<Transaction> transactions, int site)
    {
        var slots = new List<PredictedSlot>();
        // A predictor of its own: those of other sites are located at the same time.
        var predictor = run.Predictor.Fork();
        foreach (var transaction in transactions)
        {
            predictor.Locate(transaction, run.Reader, address => run.Sites.Sites.SiteOf(address) != site, slots);
        }
        return [.. slots.Select(ToKey)];
    }

    private static SlotKey ToKey(PredictedSlot slot) => new(slot.Account, slot.Key);

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

    /// <summary>Until the block is committed: making counters of it would take the lanes' cores from what it waits for.</summary>
    private void Remember(BlockWork block, BlockExecution? result)
    {
        _uncounted.Enqueue((block, result));
        while (_uncounted.Count > UncountedMax && _uncounted.TryDequeue(out _))
        {
        }
    }

    /// <summary>Counts what was executed here of the blocks up to this number, which are committed.</summary>
    public Task CountAsync(ulong number) => background.Run(() =>
    {
        while (_uncounted.TryPeek(out var next) && next.Block.Environment.Header.Number <= number && _uncounted.TryDequeue(out var executed))
        {
            Count(executed.Block.Transactions, executed.Result);
        }
    });

    /// <summary>Feeds the sketches with the block's hottest recipients, of which only those it calls more than once can be hot where there are many, and with what it waited for.</summary>
    private void Count(Transaction[] transactions, BlockExecution? result)
    {
        if (result is not null)
        {
            contention.Add(result);
        }
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
