using Grid.Grains.Lanes;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Shards;
using Grid.Primitives;
using Grid.State;
using Orleans.Runtime;

namespace Grid.Grains.Coordinator;

/// <summary>
/// Sends a phase to all silos, one message each, and puts their shards' answers together. The cluster's membership is read anew for each phase.
/// </summary>
/// <remarks>Safe because the coordinator grain lets one call in at a time.</remarks>
public sealed class ShardRoots(SiloDirectory silos, ShardLayout layout, ShardPins pins, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Looks at whether the shards have come to where they belong; after that they work from where they are.</summary>
    private const int SettleAttemptsMax = 50;

    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(20);

    private SiloAddress[] _settledOn = [];
    private PinnedShards _settledWith = PinnedShards.None;

    /// <summary>Whether the silos and the pins are those by which the shards were divided last.</summary>
    public bool AreSettled => pins.Current == _settledWith && silos.ActiveSilos().AsSpan().SequenceEqual(_settledOn);

    /// <summary>
    /// Has shards move to the silos that they belong to now that silos have come or gone, or a pin has. Only speed depends on it: where membership changes meanwhile, or
    /// silos see it differently, they may stay where they are for now.
    /// </summary>
    public async Task SettleAsync()
    {
        for (var attempt = 0; attempt < SettleAttemptsMax; attempt++)
        {
            (_settledOn, _settledWith) = (silos.ActiveSilos(), pins.Current);
            var answers = await Task.WhenAll(silos.ShardsBySilo().SelectMany(x => x.Shards.Select(
                shard => grains.GetGrain<IStateShardGrain>(shard).Settle(x.Silo.ToParsableString()))));
            if (Array.TrueForAll(answers, isThere => isThere))
            {
                return;
            }
            await Task.Delay(SettleInterval, time);
        }
    }

    /// <summary>The same of the pools, which are beside the shards of their senders.</summary>
    public Task SettlePoolsAsync() => Task.WhenAll(silos.ShardsBySilo().SelectMany(x => x.Shards.Select(
        shard => grains.GetGrain<ITransactionPoolGrain>(shard).Settle(x.Silo.ToParsableString()))));

    /// <summary>Has every shard apply its part of a try; returns the slices' roots in shard order.</summary>
    /// <exception cref="BlockAbortedException">A shard refused.</exception>
    public Task<SliceRoot[]> ApplyAsync(BlockAttempt attempt, SliceRoot[] parentRoots, AccessListPart[] parts) =>
        CollectAsync((lane, shards) => lane.Apply(
            new SiloApply(attempt, [.. shards.Select(shard => new SiloShard(shard, parentRoots[shard], parts[shard]))])));

    /// <summary>Has every shard come to a committed block; returns the slices' roots in shard order.</summary>
    /// <param name="reload">Whether they forget what they hold in memory.</param>
    /// <exception cref="BlockAbortedException">A shard refused.</exception>
    public Task<SliceRoot[]> RecoverAsync(BlockAttempt head, bool reload) =>
        CollectAsync((lane, shards) => lane.Recover(new SiloRecover(head, shards, reload)));

    /// <summary>Has every silo hold the state after a sealed try at hand.</summary>
    public Task HoldAsync(BlockPublication block) => Task.WhenAll(silos.ActiveSilos().Select(silo => silos.LaneOf(silo).Hold(block)));

    /// <summary>Tells every silo that a try was committed, and those of the shards that it changes tell their pools.</summary>
    /// <returns>The shards whose pools were told.</returns>
    public async Task<HashSet<int>> PublishAsync(BlockPublication publication)
    {
        var told = await Task.WhenAll(silos.ActiveSilos().Select(silo => silos.LaneOf(silo).Publish(publication)));
        return [.. told.SelectMany(shards => shards)];
    }

    /// <summary>What all pools offer, in the order of the shards.</summary>
    /// <param name="pending">A sealed try that they haven't been told of.</param>
    public async Task<TransactionBatch[]> CollectOffersAsync(OfferRequest request, BlockAttempt? pending)
    {
        var offers = new TransactionBatch[layout.Count];
        await Task.WhenAll(silos.ShardsBySilo().Where(x => x.Shards.Length > 0).Select(async x =>
        {
            var answer = await silos.LaneOf(x.Silo).Offer(new SiloOfferRequest(x.Shards, request, pending));
            for (var i = 0; i < x.Shards.Length; i++)
            {
                offers[x.Shards[i]] = answer.Pools[i];
            }
        }));
        return offers;
    }

    private async Task<SliceRoot[]> CollectAsync(Func<IExecutionLaneGrain, int[], Task<SiloApplied>> send)
    {
        var roots = new SliceRoot[layout.Count];
        await Task.WhenAll(silos.ShardsBySilo().Where(x => x.Shards.Length > 0).Select(async x =>
        {
            var answer = await send(silos.LaneOf(x.Silo), x.Shards);
            for (var i = 0; i < x.Shards.Length; i++)
            {
                if (answer.Shards[i].Outcome != ShardOutcome.Applied)
                {
                    throw new BlockAbortedException(x.Shards[i], answer.Shards[i].Outcome);
                }
                roots[x.Shards[i]] = answer.Shards[i].Root;
            }
        }));
        return roots;
    }
}

/// <summary>A try of a block that came to nothing: a shard refused it. The coordinator recovers and tries again.</summary>
[GenerateSerializer, Alias("Grid.BlockAbortedException")]
public sealed class BlockAbortedException(int shard, ShardOutcome outcome) : Exception($"Shard {shard} refused: {outcome}.")
{
    [Id(0)] public int Shard { get; } = shard;

    [Id(1)] public ShardOutcome Outcome { get; } = outcome;
}

/// <summary>The shards together don't have the state root of the head's header: nothing may be built on them.</summary>
[GenerateSerializer, Alias("Grid.StateRootMismatchException")]
public sealed class StateRootMismatchException(ulong number, Hash256 expected, Hash256 actual)
    : Exception($"The state after block {number} has the root {actual}, not {expected}. The store doesn't fit the journal: restore a backup, or import the chain again.")
{
    [Id(0)] public ulong Number { get; } = number;

    [Id(1)] public Hash256 Expected { get; } = expected;

    [Id(2)] public Hash256 Actual { get; } = actual;
}

/// <summary>Another coordinator has taken the journal over: this one stops.</summary>
[GenerateSerializer, Alias("Grid.CoordinatorFencedException")]
public sealed class CoordinatorFencedException(ulong fencingNumber) : Exception($"A later coordinator than {fencingNumber} has taken over. Sending the request again is safe.")
{
    [Id(0)] public ulong FencingNumber { get; } = fencingNumber;
}
