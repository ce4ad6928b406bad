using System.Collections.Concurrent;
using System.Diagnostics;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes;

/// <summary>
/// Runs a strand on a lane. Where state is on another silo the executor stops before the transaction that needs it; what that one and
/// all later ones miss is fetched in one message per silo, and the executor goes on.
/// </summary>
/// <remarks>
/// Safe because each run has an executor, its memory and fetched state of its own, used by one thread at a time. Memory that a run gave
/// back is used again; no more of it is kept than there are lanes.
/// </remarks>
public sealed class StrandRunner(LaneThreads lanes, SiloSnapshot snapshot, StateFetcher fetcher, GrainLoad load)
{
    private const int HottestPerBlock = 64;

    private readonly ConcurrentBag<ExecutionMemory> _memories = [];

    /// <exception cref="StateMovedException">This silo doesn't show the parent, or another one no longer keeps the state after it.</exception>
    public async Task<StrandResult> RunAsync(Strand strand)
    {
        var parent = strand.Environment.Header.Number - 1;
        var view = snapshot.At(parent) ?? throw new StateMovedException(parent);
        var state = new FetchedState(view);
        var start = Stopwatch.GetTimestamp();
        var fetches = 0;
        if (!view.IsComplete)
        {
            await FetchPredictedAsync(strand, state);
            fetches++;
        }
        var planMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        var memory = _memories.TryTake(out var used) ? used : new ExecutionMemory();
        var executor = new SequentialExecutor(
            strand.Environment, strand.Mode, strand.Transactions, view.IsComplete ? view : state, strand.Ommers, memory: memory)
        {
            KeepsIntermediateLists = strand.Environment.Fork < Fork.Byzantium,
        };
        ExecutionStatus status;
        while ((status = await lanes.RunAsync(executor.Run)) == ExecutionStatus.StateMiss)
        {
            await fetcher.FetchAsync(state, executor.Misses);
            executor.Continue(state);
            fetches++;
        }
        if (_memories.Count < lanes.Count)
        {
            _memories.Add(memory);
        }
        CountTouches(strand.Transactions);
        return new StrandResult(
            status == ExecutionStatus.Complete ? executor.Result : null,
            executor.Error,
            planMs,
            Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            fetches);
    }

    /// <summary>What is sure to be needed: senders, recipients with their code, access lists, the beneficiary.</summary>
    private Task FetchPredictedAsync(Strand strand, FetchedState state)
    {
        var accounts = new HashSet<Address> { strand.Environment.Header.Beneficiary };
        var codes = new HashSet<Address>();
        var slots = new HashSet<SlotKey>();
        foreach (var transaction in strand.Transactions)
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
