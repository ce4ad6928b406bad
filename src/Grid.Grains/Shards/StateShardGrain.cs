using Grid.Grains.Accounts;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Grid.Grains.Shards;

/// <inheritdoc cref="IStateShardGrain"/>
/// <remarks>
/// Safe because turns don't interleave (but for questions, which touch the silo's published views only), and because a
/// slice is immutable: the committed one and the one of the last try are two references. Which of them a block builds on is
/// decided by the root that the coordinator names, never by what this activation believes to be committed, so a try that was given up, a
/// publication that was lost and a second activation of this shard all come to the same slice or to a refusal.
/// <para>
/// Writing to the store is a background task, which sees slices only: turns go on meanwhile, and what it has written is noted between them. Letting
/// go of memory touches what the store has only, see <see cref="StateShard.Evict"/>.
/// </para>
/// </remarks>
[BesideShardPlacement]
public sealed partial class StateShardGrain(
    SiloSnapshot snapshot, SliceProver prover, ShardLoader loader, ShardLayout layout, IStateStore store, StateMemory memory, SiloDirectory silos, IFaultPoints faults, GridOptions options,
    BackgroundWork background, GrainLoad load, ShardLoad shardLoad,
    ILogger<StateShardGrain> logger) : Grain, IStateShardGrain, ICountedGrain
{
    private const int AccountGrainsKept = 65_536;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Address, IAccountGrain> _accountGrains = [];
    private readonly UnwrittenBlocks _unwritten = new();
    private int _shard;
    private ulong _fencingNumber;
    private Version _committed = null!;
    private Version? _applied;
    private IGrainTimer _writeTimer = null!;
    private bool _isWriteScheduled;
    private Task _writing = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _shard = (int)this.GetPrimaryKeyLong();
        await Load(cancellationToken);
        load.Of(nameof(StateShardGrain)).Activated();
        // Set going by each commit, so that an idle shard costs nothing.
        _writeTimer = this.RegisterGrainTimer(_ => WriteBehind(), new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        if (memory.IsLimited)
        {
            this.RegisterGrainTimer(_ => Evict(), new GrainTimerCreationOptions(options.EvictInterval, options.EvictInterval));
        }
        ScheduleWrite(options.StoreInterval);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        load.Of(nameof(StateShardGrain)).Deactivated();
        memory.Remove(_shard);
        shardLoad.RemoveShard(_shard);
        return Task.CompletedTask;
    }

    public async Task<ShardApplied> Apply(ShardApply apply)
    {
        var attempt = apply.Attempt;
        if (attempt.FencingNumber < _fencingNumber)
        {
            return Refused(ShardOutcome.Stale);
        }
        _fencingNumber = attempt.FencingNumber;
        var outcome = await ComeTo(attempt.Number - 1, apply.ParentRoot);
        if (outcome != ShardOutcome.Applied)
        {
            return Refused(outcome);
        }
        using var changes = LeafChanges.Of(apply.Changes);
        await ApplyStorage(attempt.Number, changes);
        await faults.ReachAsync(FaultPoint.StorageApplied, attempt.Number);
        var slice = _committed.Slice.Apply(changes.Leaves, changes.Count);
        _applied = new Version(attempt.Number, slice, slice.Root(), changes.Codes);
        snapshot.Stage(_shard, in attempt, slice);
        if (_unwritten.Count >= options.StoreLagBlocksMax + options.StatesKept)
        {
            await WriteBehind();
        }
        return new ShardApplied(ShardOutcome.Applied, _applied.Root);
    }

    public async Task<ShardApplied> Recover(BlockAttempt head, bool reload)
    {
        if (head.FencingNumber < _fencingNumber)
        {
            return Refused(ShardOutcome.Stale);
        }
        _fencingNumber = head.FencingNumber;
        // What was applied last may be the head, or a try that was given up. The journal knows.
        _applied = null;
        if (reload || _committed.Number != head.Number)
        {
            await Load(CancellationToken.None);
        }
        if (_committed.Number != head.Number)
        {
            return Refused(ShardOutcome.UnknownParent);
        }
        snapshot.Stage(_shard, in head, _committed.Slice);
        return new ShardApplied(ShardOutcome.Applied, _committed.Root);
    }

    public Task<bool> Settle(string silo) => Task.FromResult(this.SettleOn(silo, silos));

    /// <summary>Makes the slice with this root the committed one: the last try was committed, or wasn't, or blocks were missed.</summary>
    private async Task<ShardOutcome> ComeTo(ulong number, SliceRoot root)
    {
        if (_applied is { } applied && applied.Number == number && applied.Root == root)
        {
            _unwritten.Add(new ShardBlock(number, applied.Slice, applied.Codes));
            _committed = applied with { Codes = [] };
            shardLoad.ReportShard(_shard, _unwritten.Count);
            ScheduleWrite(options.StoreInterval);
        }
        _applied = null;
        if (_committed.Number < number)
        {
            await Load(CancellationToken.None);
        }
        if (_committed.Number > number)
        {
            return ShardOutcome.Stale;
        }
        return _committed.Number == number && _committed.Root == root ? ShardOutcome.Applied : ShardOutcome.UnknownParent;
    }

    private async Task Load(CancellationToken cancellation)
    {
        var loaded = await loader.LoadAsync(_shard, cancellation);
        _committed = new Version(loaded.Number, loaded.Slice, loaded.Slice.Root(), []);
        _unwritten.Start(loaded.Stored, loaded.Replayed);
        snapshot.Adopt(_shard, loaded.Number, loaded.Block, loaded.Slice);
        shardLoad.ReportShard(_shard, _unwritten.Count);
    }

    /// <summary>Has each contract's grain apply its slots in a turn of its own, all at once.</summary>
    private async Task ApplyStorage(ulong number, LeafChanges changes)
    {
        foreach (var code in changes.Codes)
        {
            snapshot.Codes.Add(code);
        }
        await Task.WhenAll(changes.Others
            .Where(x => x.Change is { After: not null, ChangesStorage: true })
            .Select(x => ApplyStorage(number, changes, x.Place, x.Change)));
    }

    private async Task ApplyStorage(ulong number, LeafChanges changes, int place, AccountChange change)
    {
        var key = changes.KeyAt(place);
        var record = change.After!.Value;
        _committed.Slice.TryGet(in key, out var before);
        var (parent, nodes) = (before?.Storage, _committed.Slice.Nodes?.StorageOf(in key));
        var apply = new StorageApply(number, record.StorageRoot, change.StorageCleared, change.Slots) { Parent = parent, Nodes = nodes };
        var applied = await AccountGrainOf(change.Address).ApplyStorage(apply);
        // The account's grain was left on another silo when this shard moved, or an old activation answers: the shard has the
        // parent's trie itself, and the result doesn't depend on who computes it.
        var trie = applied?.Trie ?? StorageChanges.Apply(parent ?? MerkleTrie<SlotValue>.Empty, change.StorageCleared, change.Slots.Span, nodes, options.Lanes);
        changes.Put(place, new AccountLeaf(record with { StorageRoot = trie.RootHash() }, trie.Root is null ? null : trie));
    }

    /// <summary>References are kept: making one formats the key each time.</summary>
    private IAccountGrain AccountGrainOf(in Address address)
    {
        if (!_accountGrains.TryGetValue(address, out var grain))
        {
            if (_accountGrains.Count >= AccountGrainsKept)
            {
                _accountGrains.Clear();
            }
            _accountGrains.Add(address, grain = GrainFactory.GetGrain<IAccountGrain>(address.ToString()));
        }
        return grain;
    }

    private void ScheduleWrite(TimeSpan due)
    {
        if (!_isWriteScheduled && _unwritten.ToBatch(StoreTarget()) is not null)
        {
            _isWriteScheduled = true;
            _writeTimer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The oldest state that is kept for reading: it and later ones load from the store what isn't in memory, so the store stays at it.</summary>
    private ulong StoreTarget() => _committed.Number < (ulong)options.StatesKept ? 0 : _committed.Number + 1 - (ulong)options.StatesKept;

    /// <summary>Writes what is committed to the store, behind the head; one run at a time.</summary>
    private Task WriteBehind()
    {
        _isWriteScheduled = false;
        if (_writing.IsCompleted)
        {
            _writing = WriteAll();
        }
        return _writing;
    }

    private async Task WriteAll()
    {
        try
        {
            while (_unwritten.ToBatch(StoreTarget()) is { } batch)
            {
                if (await background.Run(async () => await store.WriteAsync([batch])))
                {
                    snapshot.Codes.MarkStored(batch.Codes);
                    _unwritten.Written(batch);
                    shardLoad.ReportShard(_shard, _unwritten.Count);
                }
                else if (await store.ReadShardAsync(layout.PrefixOf(_shard)) is { } stored && stored.Version > batch.FromNumber)
                {
                    // Another activation of this shard has written meanwhile.
                    _unwritten.Move(stored);
                }
                else
                {
                    // The store was replaced: the coordinator has the shards load again.
                    break;
                }
            }
        }
        catch (StorageException error)
        {
            // The journal has it all: the store may wait.
            LogNotWritten(_shard, error.Message);
            ScheduleWrite(RetryInterval);
        }
    }

    /// <summary>Lets go of what the store has and nobody uses, where memory is short, and says how much the rest takes.</summary>
    private Task Evict()
    {
        memory.Report(_shard, _committed.Slice.Evict(_unwritten.Stored.Slice));
        return Task.CompletedTask;
    }

    private static ShardApplied Refused(ShardOutcome outcome) => new(outcome, SliceRoot.Empty);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} can't write to the store now, and trails further behind: {Reason}")]
    private partial void LogNotWritten(int shard, string reason);

    /// <summary>The slice after a block, and the code that the block brought in.</summary>
    private sealed record Version(ulong Number, StateShard Slice, SliceRoot Root, Bytecode[] Codes);
}
