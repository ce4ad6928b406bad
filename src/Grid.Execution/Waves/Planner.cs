using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>How much parallelism is looked for.</summary>
public sealed record ParallelSettings
{
    /// <summary>Lanes that execute at once.</summary>
    public required int Lanes { get; init; }

    /// <summary>Batches for each lane: more of them balance better, fewer cost less.</summary>
    public int BatchesPerLane { get; init; } = 4;

    /// <summary>Gas units below which a block is executed as one strand: a lane does that in less than the time that planning and merging take.</summary>
    public ulong SmallBlockGas { get; init; } = 3_000_000;

    /// <summary>The part of the gas in one strand, from 0 to 1, from which on the block is executed as one strand.</summary>
    public double SerialShare { get; init; } = 0.7;

    /// <summary>Plans in earnest also where one lane would do as well: for tests.</summary>
    public bool AlwaysSplits { get; init; }
}

/// <summary>
/// Ties transactions of a block that are expected to touch the same places, one of them writing, into strands (union-find), and divides the
/// strands among batches. What each is expected to touch is found out by several threads (<see cref="ExpectedRange"/>), the tying is one thread's.
/// Tables are kept for the next block.
/// </summary>
/// <remarks>Safe because a range is filled by one thread, in places of its own, before anything is tied; joining the threads publishes them.</remarks>
internal sealed class Planner
{
    /// <summary>Fewer calls than this aren't worth a second thread: some tenths of a millisecond of work. Plain transfers are never, since there is nothing to predict.</summary>
    private const int CallsWorthAThread = 512;

    /// <summary>Transactions that are looked at to tell how many are calls.</summary>
    private const int SampleSize = 64;

    private readonly LocationTable _written = new();
    private readonly List<(ulong Location, int Transaction)> _reads = [];
    private readonly Dictionary<Address, bool> _hasFunds = [];
    private Expectation[] _expected = [];
    private ExpectedRange[] _ranges = [];
    private int[] _parents = [];
    private int[] _previousOfSender = [];
    private int _unknown;

    /// <param name="transactions">In block order.</param>
    /// <param name="reader">The state before the block; safe for any number of threads.</param>
    public ExecutionPlan Plan(IReadOnlyList<Transaction> transactions, IStateReader reader, IAccessPredictor predictor, ParallelSettings settings, ExecutionSites sites)
    {
        Begin(transactions.Count);
        var ranges = Expect(transactions, reader, predictor, settings);
        TieSenders(transactions.Count);
        for (var range = 0; range < ranges; range++)
        {
            var end = WorkRanges.StartOf(range + 1, ranges, transactions.Count);
            for (var i = WorkRanges.StartOf(range, ranges, transactions.Count); i < end; i++)
            {
                Tie(i, _ranges[range].AccessesOf(in _expected[i]), transactions, reader);
            }
        }
        foreach (var (location, transaction) in _reads)
        {
            if (_written.Find(location) is var writer and >= 0)
            {
                Union(writer, transaction);
            }
        }
        return Divide(transactions, settings, sites);
    }

    private void Begin(int count)
    {
        if (_parents.Length < count)
        {
            var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count);
            _parents = new int[size];
            _previousOfSender = new int[size];
            _expected = new Expectation[size];
        }
        for (var i = 0; i < count; i++)
        {
            _parents[i] = i;
        }
        _written.Clear(count * 3);
        _reads.Clear();
        _hasFunds.Clear();
        _unknown = 0;
    }

    /// <summary>Finds out what each transaction is expected to touch, ranges of them at once.</summary>
    /// <returns>The number of ranges.</returns>
    private int Expect(IReadOnlyList<Transaction> transactions, IStateReader reader, IAccessPredictor predictor, ParallelSettings settings)
    {
        var count = transactions.Count;
        var threads = Math.Min(settings.Lanes, Environment.ProcessorCount);
        var ranges = settings.AlwaysSplits ? WorkRanges.RangesOf(count, threads, worthAThread: 1) : WorkRanges.RangesOf(count == 0 ? 0 : CallsIn(transactions), threads, CallsWorthAThread);
        while (_ranges.Length < ranges)
        {
            _ranges = [.. _ranges, new ExpectedRange()];
        }
        // By number, since what a range gives must not depend on who makes it when.
        WorkRanges.RunEach(ranges, threads, range =>
        {
            var (from, to) = (WorkRanges.StartOf(range, ranges, count), WorkRanges.StartOf(range + 1, ranges, count));
            _ranges[range].Fill(transactions, from, _expected.AsSpan(from, to - from), predictor.Fork(), reader);
        });
        return ranges;
    }

    /// <summary>The number of transactions with call data, about.</summary>
    private static int CallsIn(IReadOnlyList<Transaction> transactions)
    {
        var calls = 0;
        for (var i = 0; i < SampleSize; i++)
        {
            calls += transactions[WorkRanges.StartOf(i, SampleSize, transactions.Count)].Data.Length > 0 ? 1 : 0;
        }
        return (int)((long)transactions.Count * calls / SampleSize);
    }

    private void TieSenders(int count)
    {
        for (var i = 0; i < count; i++)
        {
            ref readonly var expected = ref _expected[i];
            // One whose signature is nobody's is invalid, and touches nothing.
            _previousOfSender[i] = expected.HasSender ? Write(expected.Sender, i) : -1;
        }
    }

    private void Tie(int index, ReadOnlySpan<PredictedAccess> accesses, IReadOnlyList<Transaction> transactions, IStateReader reader)
    {
        ref readonly var expected = ref _expected[index];
        if (expected.Paid is { } paid && _written.Find(paid) is var last and >= 0 && !HasFunds(transactions[index].To!.Value, last, transactions, reader))
        {
            // Who pays with what it gets in this block comes after who gives it.
            Union(last, index);
        }
        foreach (var (location, isWrite) in accesses)
        {
            if (isWrite)
            {
                Write(location, index);
            }
            else
            {
                _reads.Add((location, index));
            }
        }
        _unknown += expected.IsUnknown ? 1 : 0;
    }

    /// <summary>Ties the transaction to whoever writes there; returns the last of them before.</summary>
    private int Write(ulong location, int index)
    {
        var before = _written.Exchange(location, index);
        if (before >= 0)
        {
            Union(before, index);
        }
        return before;
    }

    /// <summary>
    /// Whether a sender can pay for all its transactions of the block with what it has before the block. Of one that isn't at hand that is what one expects.
    /// </summary>
    /// <param name="last">One of its transactions.</param>
    private bool HasFunds(in Address sender, int last, IReadOnlyList<Transaction> transactions, IStateReader reader)
    {
        if (_hasFunds.TryGetValue(sender, out var known))
        {
            return known;
        }
        var needed = UInt256.Zero;
        var isAtHand = reader.TryGetAccount(in sender, out var record);
        var fits = true;
        for (var at = last; at >= 0 && fits; at = _previousOfSender[at])
        {
            fits = TransactionRules.TryGetMaxCost(transactions[at], out var cost) && !UInt256.AddOverflow(in needed, in cost, out needed);
        }
        fits = fits && (!isAtHand || (record is { } account && account.Balance >= needed));
        _hasFunds.Add(sender, fits);
        return fits;
    }

    private int Find(int index)
    {
        while (_parents[index] != index)
        {
            index = _parents[index] = _parents[_parents[index]];
        }
        return index;
    }

    /// <summary>The first transaction of a strand stands for it.</summary>
    private void Union(int a, int b)
    {
        a = Find(a);
        b = Find(b);
        if (a < b)
        {
            _parents[b] = a;
        }
        else
        {
            _parents[a] = b;
        }
    }

    private ExecutionPlan Divide(IReadOnlyList<Transaction> transactions, ParallelSettings settings, ExecutionSites sites)
    {
        var count = transactions.Count;
        var strandGas = new ulong[count];
        var strandSize = new int[count];
        ulong total = 0;
        for (var i = 0; i < count; i++)
        {
            var root = Find(i);
            strandGas[root] += _expected[i].Gas;
            strandSize[root]++;
            total += _expected[i].Gas;
        }
        var (strands, largest) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            strands += strandSize[i] > 0 ? 1 : 0;
            largest = strandGas[i] > strandGas[largest] ? i : largest;
        }
        var plan = new ExecutionPlan
        {
            Strands = strands, LargestStrand = count == 0 ? 0 : strandSize[largest], Gas = total, CriticalGas = count == 0 ? 0 : strandGas[largest], Unknown = _unknown,
        };
        var fallback = count < 2 ? FallbackReason.Small
            : settings.AlwaysSplits ? FallbackReason.None
            : total < settings.SmallBlockGas ? FallbackReason.Small
            : plan.CriticalGas > total * settings.SerialShare ? FallbackReason.Serial
            : FallbackReason.None;
        return fallback != FallbackReason.None
            ? plan with { Fallback = fallback }
            : plan with { Batches = ToBatches(transactions, strandGas, strandSize, Math.Max(1, total / (ulong)(settings.Lanes * settings.BatchesPerLane)), sites) };
    }

    /// <summary>
    /// A strand with as much gas as a batch should have is a batch; others fill batches in the order in which they begin, for each site its own.
    /// </summary>
    private PlannedBatch[] ToBatches(IReadOnlyList<Transaction> transactions, ulong[] strandGas, int[] strandSize, ulong target, ExecutionSites sites)
    {
        var count = transactions.Count;
        var batchOf = new int[count];
        var gas = new List<ulong>();
        var sizes = new List<int>();
        var roots = new List<int>();
        var siteOf = new List<int>();
        var current = new int[sites.Count];
        Array.Fill(current, -1);
        for (var i = 0; i < count; i++)
        {
            var root = Find(i);
            if (root == i)
            {
                var isAlone = strandGas[i] >= target;
                var site = SiteOf(i, transactions[i], sites);
                ref var open = ref current[site];
                if (isAlone || open < 0 || gas[open] >= target)
                {
                    gas.Add(0);
                    sizes.Add(0);
                    siteOf.Add(site);
                    roots.Add(isAlone && strandSize[i] > 1 ? i : -1);
                    batchOf[i] = gas.Count - 1;
                    open = isAlone ? open : gas.Count - 1;
                }
                else
                {
                    batchOf[i] = open;
                }
                gas[batchOf[i]] += strandGas[i];
                sizes[batchOf[i]] += strandSize[i];
            }
            else
            {
                batchOf[i] = batchOf[root];
            }
        }
        var members = new int[gas.Count][];
        var next = new int[gas.Count];
        for (var i = 0; i < count; i++)
        {
            var batch = batchOf[i];
            members[batch] ??= new int[sizes[batch]];
            members[batch][next[batch]++] = i;
        }
        var batches = new PlannedBatch[gas.Count];
        for (var i = 0; i < batches.Length; i++)
        {
            var anchor = roots[i] < 0 ? null : AnchorOf(members[i]);
            batches[i] = new PlannedBatch(members[i], gas[i], anchor, anchor is { } account && sites.Count > 1 ? sites.SiteOf(account) : siteOf[i]);
        }
        return batches;
    }

    /// <summary>Who has the storage that a strand's first transaction mostly writes; of one that isn't a call, the sender.</summary>
    private int SiteOf(int index, Transaction transaction, ExecutionSites sites)
    {
        if (sites.Count == 1)
        {
            return 0;
        }
        return _expected[index].Anchor is { } anchor ? sites.SiteOf(anchor)
            : transaction is { To: { } to, Data.Length: > 0 } ? sites.SiteOf(to)
            : transaction.TryGetSender(out var sender) ? sites.SiteOf(sender)
            : 0;
    }

    /// <summary>The account that most of the strand's transactions write to (Boyer and Moore's majority vote).</summary>
    private Address? AnchorOf(int[] members)
    {
        Address? candidate = null;
        var votes = 0;
        foreach (var member in members)
        {
            if (_expected[member].Anchor is not { } anchor)
            {
                continue;
            }
            if (votes == 0)
            {
                candidate = anchor;
            }
            votes += candidate == anchor ? 1 : -1;
        }
        return candidate;
    }
}
