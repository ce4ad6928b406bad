using System.Diagnostics;
using Grid.Crypto;
using Grid.Execution.Profiles;
using Grid.Grains.Lanes;
using Grid.Grains.Load;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Orleans.Runtime;

namespace Grid.Grains.Accounts;

/// <inheritdoc cref="IAccountGrain"/>
/// <remarks>
/// Safe because turns don't interleave and tries are immutable. The grain keeps the trie it was given or made last, and the one before; which one
/// a change builds on is named by its root. A trie that it doesn't have comes with the call (the shard beside it keeps it in the
/// account's leaf), so a fresh activation needs nothing else.
/// </remarks>
[BesideShardPlacement]
public sealed class AccountGrain(SiloSnapshot snapshot, LaneThreads lanes, ProfileTable profiles, BackgroundWork background, GrainLoad load) : Grain, IAccountGrain, ICountedGrain
{
    private Address _address;
    private MerkleTrie<SlotValue> _parent = MerkleTrie<SlotValue>.Empty;
    private MerkleTrie<SlotValue> _current = MerkleTrie<SlotValue>.Empty;
    private long _turns;
    private long _slotsWritten;
    private long _strandsExecuted;
    private ContractProfile? _profile;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        _address = Address.Parse(key);
        if (key != _address.ToString())
        {
            throw new ArgumentException($"'{key}' isn't an address in its one spelling: '{_address}'.");
        }
        load.Of(nameof(AccountGrain)).Activated();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        load.Of(nameof(AccountGrain)).Deactivated();
        return Task.CompletedTask;
    }

    public async Task<StorageApplied?> ApplyStorage(StorageApply apply)
    {
        var start = Stopwatch.GetTimestamp();
        if (Find(apply) is not { } parent)
        {
            // The shard has moved away from this activation: the next one is made beside it.
            DeactivateOnIdle();
            return null;
        }
        MerkleTrie<SlotValue> trie;
        try
        {
            // A turn that computes long would keep one of the few threads from all other grains: many slots are shared among threads, and awaited.
            trie = apply.Slots.Length < StorageChanges.SlotsWorthThreads
                ? Compute(parent, apply, parallelism: 1)
                : await background.Run(() => Compute(parent, apply, lanes.Count));
        }
        catch (MissingNodeException) when (apply.Nodes is null)
        {
            // A part of the trie was dropped, and a caller on another silo brings nothing to load it from.
            DeactivateOnIdle();
            return null;
        }
        var root = trie.RootHash();
        (_parent, _current) = (parent, trie);
        _turns++;
        _slotsWritten += apply.Slots.Length;
        load.HotAccounts.Turn(in _address, Stopwatch.GetElapsedTime(start).Ticks, apply.Slots.Length * 64L);
        return new StorageApplied(root) { Trie = trie };
    }

    /// <summary>The storage trie after the changes, hashed.</summary>
    private static MerkleTrie<SlotValue> Compute(MerkleTrie<SlotValue> parent, StorageApply apply, int parallelism)
    {
        var trie = StorageChanges.Apply(parent, apply.Cleared, apply.Slots.Span, apply.Nodes, parallelism);
        trie.RootHash(parallelism);
        return trie;
    }

    public async Task<AnchoredOutcome?> Execute(AnchoredWork work)
    {
        if (work.Work is not { } strand)
        {
            return null;
        }
        var start = Stopwatch.GetTimestamp();
        var status = await lanes.RunAsync(strand.Run);
        _strandsExecuted++;
        load.HotAccounts.Turn(in _address, Stopwatch.GetElapsedTime(start).Ticks, 0);
        return new AnchoredOutcome(status);
    }

    public Task<LessonOutcome> Learn(CallLesson lesson)
    {
        if (lesson.Calls is not { } calls)
        {
            return Task.FromResult(new LessonOutcome(null));
        }
        // An activation that is new goes on from what an earlier one published here.
        _profile = ProfileLearner.Learn(_profile ?? profiles.Find(in _address) ?? ContractProfile.Empty, calls, out var score);
        profiles.Publish(in _address, _profile);
        return Task.FromResult(new LessonOutcome(score));
    }

    public Task<AccountDescription> Describe()
    {
        var view = snapshot.Head ?? throw new InvalidOperationException("This silo has not seen the head yet.");
        var record = AccountRecord.Empty;
        if (view.TryGetAccount(in _address, out var found) && found is { } there)
        {
            record = there;
        }
        view.TryGetCode(in _address, record.CodeHash, out var code);
        return Task.FromResult(new AccountDescription(_address, record, view.Number, code?.Length ?? 0, _turns, _slotsWritten,
            _strandsExecuted, _profile?.Functions.Count ?? 0));
    }

    private MerkleTrie<SlotValue>? Find(StorageApply apply)
    {
        if (apply.ParentRoot == Keccak256.OfEmptyString)
        {
            return MerkleTrie<SlotValue>.Empty;
        }
        foreach (var candidate in (ReadOnlySpan<MerkleTrie<SlotValue>?>)[_current, _parent, apply.Parent])
        {
            if (candidate is not null && candidate.RootHash() == apply.ParentRoot)
            {
                return candidate;
            }
        }
        return null;
    }
}
