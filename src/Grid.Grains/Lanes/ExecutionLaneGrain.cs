using Grid.Execution.Profiles;
using Grid.Grains.Lanes.Guests;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Shards;
using Grid.Grains.Snapshots;
using Grid.Grains.Snapshots.Past;
using Grid.Primitives;
using Grid.State;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Grains.Lanes;

/// <inheritdoc cref="IExecutionLaneGrain"/>
/// <remarks>
/// Safe although calls interleave: all that the grain keeps is what was applied last, for the pools, which are told in any case, if not from here
/// then by the coordinator. Strands run on lane threads with state of their own,
/// shards serialize in their own turns, and the silo's snapshot guards itself.
/// </remarks>
[OnSiloPlacement, Reentrant]
public sealed class ExecutionLaneGrain(
    LaneThreads lanes, BlockRunner runner, GuestRunner guests, SiloSnapshot snapshot, SliceProver prover, BlockCache blocks, RecentBlockHashes hashes, UndoCache undos,
    PastSlices pastSlices, SiloDirectory silos, ShardPins pins, ProfileTable profiles,
    ExecutionCounters execution, Contention contention, GrainLoad load) : Grain, IExecutionLaneGrain, ICountedGrain
{
    private const int HottestReported = 32, ContendedReported = 8;

    private static readonly DateTime Started = DateTime.UtcNow;

    /// <summary>A try is committed before the next one is made, as a rule; a coordinator that was replaced may have made one in between.</summary>
    private const int TriesKept = 4;

    private readonly Dictionary<int, IStateShardGrain> _shards = [];
    private readonly Queue<SiloApply> _applied = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        load.Of(nameof(ExecutionLaneGrain)).Activated();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        load.Of(nameof(ExecutionLaneGrain)).Deactivated();
        return Task.CompletedTask;
    }

    public Task<ExecutedBlock> Execute(BlockWork block) => runner.RunAsync(block);

    public Task<GuestOutcome?> ExecuteGuests(GuestWork work) => guests.RunAsync(work);

    public async Task<SiloApplied> Apply(SiloApply apply)
    {
        _applied.Enqueue(apply);
        if (_applied.Count > TriesKept)
        {
            _applied.Dequeue();
        }
        return new(await Task.WhenAll(apply.Shards.Select(part => ShardOf(part.Shard).Apply(new ShardApply(apply.Attempt, part.ParentRoot, part.Changes)))));
    }

    public Task Hold(BlockPublication block)
    {
        snapshot.Hold(block.Attempt, block.Header);
        return Task.CompletedTask;
    }

    public async Task<SiloApplied> Recover(SiloRecover recover) => new(await Task.WhenAll(
        recover.Shards.Select(shard => ShardOf(shard).Recover(recover.Head, recover.Reload))));

    public async Task<int[]> Publish(BlockPublication publication)
    {
        if (snapshot.Publish(publication.Attempt, publication.Header))
        {
            blocks.Clear();
            hashes.Clear();
            undos.Clear();
            pastSlices.Clear();
        }
        // Nobody waits for the counters.
        _ = runner.CountAsync(publication.Header.Number);
        if (_applied.FirstOrDefault(apply => apply.Attempt == publication.Attempt) is not { } applied)
        {
            return [];
        }
        _applied.Clear();
        await Task.WhenAll(applied.Shards.Where(part => part.Changes.Accounts.Length > 0).Select(
            part => PoolOf(part.Shard).Included(new IncludedNotice(publication.Header.Number, part.Changes))));
        return Array.ConvertAll(applied.Shards, part => part.Shard);
    }

    public async Task<SiloOffers> Offer(SiloOfferRequest request)
    {
        // Where the try isn't remembered its pools have been told of it, or offer what the block before has: that finds no place.
        var pending = request.Pending is { } attempt ? _applied.FirstOrDefault(apply => apply.Attempt == attempt) : null;
        return new(await Task.WhenAll(request.Shards.Select(shard => PoolOf(shard).Offer(
            request.Request,
            pending?.Shards.FirstOrDefault(part => part.Shard == shard) is { } part ? new IncludedNotice(pending.Attempt.Number, part.Changes) : null))));
    }

    public Task<StateValues?> Read(StateQuery query) =>
        Task.FromResult(snapshot.Find(query.Block) is { } view ? StateLookup.TryAnswer(view, query) : null);

    public Task<Bytecode?> ReadCode(Hash256 codeHash) => Task.FromResult(snapshot.Codes.TryGet(in codeHash, out var code) ? code : null);

    public Task<SliceProofs?> Prove(ProofQuery query) => prover.ProveAsync(query);

    public Task LearnPins(PinnedShards pinned)
    {
        pins.Learn(pinned);
        return Task.CompletedTask;
    }

    public Task<SiloReport> DescribeLoad()
    {
        var head = snapshot.Head;
        var shards = new List<int>();
        for (var i = 0; head is not null && i < head.Shards.Length; i++)
        {
            if (head.Shards[i] is not null)
            {
                shards.Add(i);
            }
        }
        return Task.FromResult(new SiloReport(
            silos.Local.ToString(),
            head?.Number ?? 0,
            [.. shards],
            lanes.Count,
            lanes.Busy.TotalMilliseconds,
            lanes.Waiting,
            [.. load.Types.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => new GrainTypeReport(
                x.Key, x.Value.Activations, x.Value.Turns, x.Value.Errors, x.Value.InTurn, x.Value.Busy.TotalMilliseconds, x.Value.Longest.TotalMilliseconds))],
            [.. load.HotAccounts.Top(HottestReported).Select(x => new HotAccountReport(
                x.Address, x.Touches, x.Turns, TimeSpan.FromTicks(x.BusyTicks).TotalMilliseconds, x.Bytes))],
            (long)(DateTime.UtcNow - Started).TotalMilliseconds,
            GC.GetTotalAllocatedBytes(),
            Environment.WorkingSet,
            execution.Snapshot(profiles.Count),
            contention.Top(ContendedReported),
            silos.NameOf(silos.Local)));
    }

    private ITransactionPoolGrain PoolOf(int shard) => GrainFactory.GetGrain<ITransactionPoolGrain>(shard);

    private IStateShardGrain ShardOf(int shard)
    {
        if (!_shards.TryGetValue(shard, out var grain))
        {
            _shards.Add(shard, grain = GrainFactory.GetGrain<IStateShardGrain>(shard));
        }
        return grain;
    }
}
