using Grid.Grains.Accounts;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage;
using Orleans.Runtime;

namespace Grid.Grains.Shards;

/// <inheritdoc cref="IStateShardGrain"/>
/// <remarks>
/// Safe because turns don't interleave (but for questions, which touch the silo's published views only), and because a
/// slice is immutable: the committed one and the one of the last try are two references. Which of them a block builds on is
/// decided by the root that the coordinator names, never by what this activation believes to be committed, so a try that was given up, a
/// publication that was lost and a second activation of this shard all come to the same slice or to a refusal.
/// </remarks>
[BesideShardPlacement]
public sealed partial class StateShardGrain(
    SiloSnapshot snapshot, SliceProver prover, ShardLoader loader, IStateStore store, IFaultPoints faults, GridOptions options, GrainLoad load)
    : Grain, IStateShardGrain, ICountedGrain
{
    private const int AccountGrainsKept = 65_536;

    private readonly Dictionary<Address, IAccountGrain> _accountGrains = [];
    private readonly UnwrittenChanges _unwritten = new();
    private int _shard;
    private ulong _fencingNumber;
    private Version _committed = null!;
    private Version? _applied;
    private IGrainTimer _writeTimer = null!;
    private bool _isWriteScheduled;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _shard = (int)this.GetPrimaryKeyLong();
        await Load(cancellationToken);
        load.Of(nameof(StateShardGrain)).Activated();
        // Set going by each commit, so that an idle shard costs nothing.
        _writeTimer = this.RegisterGrainTimer(WriteBehind, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        ScheduleWrite();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        load.Of(nameof(StateShardGrain)).Deactivated();
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
        var changes = RecordChanges.Of(apply.Changes.List, apply.Changes.Accounts);
        var leaves = await ApplyStorage(attempt.Number, changes);
        await faults.ReachAsync(FaultPoint.StorageApplied, attempt.Number);
        var slice = _committed.Slice.Apply(leaves);
        _applied = new Version(attempt.Number, slice, slice.Root(), changes);
        snapshot.Stage(_shard, in attempt, slice);
        if (_unwritten.Blocks >= options.StoreLagBlocksMax)
        {
            await WriteBehind(CancellationToken.None);
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

    public Task<StateValues?> Read(StateQuery query) =>
        Task.FromResult(snapshot.At(query.Number) is { } view ? StateLookup.TryAnswer(view, query) : null);

    /// <summary>Makes the slice with this root the committed one: the last try was committed, or wasn't, or blocks were missed.</summary>
    private async Task<ShardOutcome> ComeTo(ulong number, SliceRoot root)
    {
        if (_applied is { } applied && applied.Number == number && applied.Root == root)
        {
            _unwritten.Add(number, applied.Changes);
            _committed = applied with { Changes = [] };
            ScheduleWrite();
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
        _unwritten.Start(loaded.StoreNumber, loaded.Replayed);
    }

    /// <summary>Has each contract's grain apply its slots in a turn of its own, all at once, and returns the leaves to change.</summary>
    private async Task<LeafChange[]> ApplyStorage(ulong number, AccountChange[] changes)
    {
        var leaves = new LeafChange[changes.Length];
        var turns = new List<Task>();
        for (var i = 0; i < leaves.Length; i++)
        {
            var change = changes[i];
            if (change.NewCode is { } code)
            {
                snapshot.Codes.Add(code);
            }
            var key = KeyHashes.Of(change.Address);
            leaves[i] = new LeafChange(key, change.After is { } after ? AccountLeaf.KeepingStorage(in after) : null);
            if (change.After is not null && (change.StorageCleared || !change.Slots.IsEmpty))
            {
                _committed.Slice.TryGet(in key, out var before);
                turns.Add(ApplyStorage(number, changes, before?.Storage, leaves, i));
            }
        }
        await Task.WhenAll(turns);
        return leaves;
    }

    /// <summary>Puts the new storage into the leaf, and its root into the change.</summary>
    private async Task ApplyStorage(ulong number, AccountChange[] changes, MerkleTrie<SlotValue>? parent, LeafChange[] leaves, int index)
    {
        var change = changes[index];
        var record = change.After!.Value;
        var apply = new StorageApply(number, record.StorageRoot, change.StorageCleared, change.Slots) { Parent = parent };
        var applied = await AccountGrainOf(change.Address).ApplyStorage(apply);
        var trie = applied?.Trie;
        if (trie is null)
        {
            // The account's grain was left on another silo when this shard moved, or an old activation answers: the shard has the
            // parent's trie itself, and the result doesn't depend on who computes it.
            trie = StorageChanges.Apply(parent ?? MerkleTrie<SlotValue>.Empty, change.StorageCleared, change.Slots.Span, source: null, options.Lanes);
        }
        var after = record with { StorageRoot = trie.RootHash() };
        changes[index] = change with { After = after };
        leaves[index] = leaves[index] with { Leaf = new AccountLeaf(in after, trie.Root is null ? null : trie) };
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

    private void ScheduleWrite()
    {
        if (!_isWriteScheduled && _unwritten.Blocks > 0)
        {
            _isWriteScheduled = true;
            _writeTimer.Change(options.StoreInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes what is committed to the store, behind the head.</summary>
    private async Task WriteBehind(CancellationToken cancellation)
    {
        _isWriteScheduled = false;
        if (_unwritten.ToBatch(_shard) is { } batch && await store.WriteAsync([batch], cancellation))
        {
            _unwritten.Written(batch.ToNumber);
        }
    }

    private static ShardApplied Refused(ShardOutcome outcome) => new(outcome, SliceRoot.Empty);

    /// <summary>The slice after a block, and what the block changed.</summary>
    private sealed record Version(ulong Number, StateShard Slice, SliceRoot Root, IReadOnlyList<AccountChange> Changes);
}
