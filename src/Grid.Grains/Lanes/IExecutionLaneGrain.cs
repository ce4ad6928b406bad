using Grid.Chain;
using Grid.Grains.Lanes.Guests;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Shards;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes;

/// <summary>
/// One silo's lanes, and the door through which the coordinator reaches all that is on that silo with one message per phase.
/// Key: the silo's address as Orleans parses it.
/// </summary>
[Alias("Grid.IExecutionLaneGrain")]
public interface IExecutionLaneGrain : IGrainWithStringKey
{
    /// <summary>Executes a block on the lanes over the head's state, fetching from other silos what is missing here.</summary>
    [Alias("Execute")]
    Task<ExecutedBlock> Execute(BlockWork block);

    /// <summary>Executes batches that the coordinator's silo has planned; null where this silo doesn't show the state that they need.</summary>
    [Alias("ExecuteGuests"), Orleans.Concurrency.AlwaysInterleave]
    Task<GuestOutcome?> ExecuteGuests(GuestWork work);

    /// <summary>Has this silo's shards apply a try of a block.</summary>
    [Alias("Apply")]
    Task<SiloApplied> Apply(SiloApply apply);

    /// <summary>
    /// Says that a try was sealed and is on its way into the journal: this silo has the state after it at hand for whoever executes the next block meanwhile. Nobody
    /// else sees it.
    /// </summary>
    [Alias("Hold")]
    Task Hold(BlockPublication block);

    /// <summary>Has this silo's shards recover to a committed block.</summary>
    [Alias("Recover")]
    Task<SiloApplied> Recover(SiloRecover recover);

    /// <summary>
    /// Says that a try was committed: the silo shows the block, its receipts and the state after it from now on, and tells the pools of its shards what the block
    /// changed there.
    /// </summary>
    /// <returns>The shards whose pools were told; those of a try that this silo doesn't remember weren't.</returns>
    [Alias("Publish")]
    Task<int[]> Publish(BlockPublication publication);

    /// <summary>Gives what the pools of these shards offer.</summary>
    [Alias("Offer")]
    Task<SiloOffers> Offer(SiloOfferRequest request);

    /// <summary>Reads state of shards on this silo after a block that it still keeps; null when it doesn't.</summary>
    [Alias("Read"), Orleans.Concurrency.AlwaysInterleave]
    Task<StateValues?> Read(StateQuery query);

    /// <summary>The code with this hash where this silo has it; else null.</summary>
    [Alias("ReadCode"), Orleans.Concurrency.AlwaysInterleave]
    Task<Bytecode?> ReadCode(Hash256 codeHash);

    /// <summary>Gives the tops of slices on this silo after a block, and the nodes on the way to an account; null when it no longer keeps that state.</summary>
    [Alias("Prove"), Orleans.Concurrency.AlwaysInterleave]
    Task<SliceProofs?> Prove(ProofQuery query);

    /// <summary>Tells the silo which shards an operator has given to which silos.</summary>
    [Alias("LearnPins"), Orleans.Concurrency.AlwaysInterleave]
    Task LearnPins(PinnedShards pinned);

    [Alias("DescribeLoad"), Orleans.Concurrency.AlwaysInterleave]
    Task<SiloReport> DescribeLoad();
}

/// <summary>What the coordinator asks the pools of one silo's shards for.</summary>
/// <param name="Pending">The try that the block before is made by, while it is on its way into the journal.</param>
[GenerateSerializer, Immutable, Alias("Grid.SiloOfferRequest")]
public sealed record SiloOfferRequest([property: Id(0)] int[] Shards, [property: Id(1)] OfferRequest Request, [property: Id(2)] BlockAttempt? Pending = null);

/// <summary>The pools' answers, in the order of the request.</summary>
[GenerateSerializer, Immutable, Alias("Grid.SiloOffers")]
public sealed record SiloOffers([property: Id(0)] TransactionBatch[] Pools);

/// <summary>What one silo's shards have to apply.</summary>
/// <param name="Shards">One entry per shard of that silo, also where nothing changes.</param>
[GenerateSerializer, Immutable, Alias("Grid.SiloApply")]
public sealed record SiloApply([property: Id(0)] BlockAttempt Attempt, [property: Id(1)] SiloShard[] Shards);

/// <inheritdoc cref="ShardApply"/>
[GenerateSerializer, Immutable, Alias("Grid.SiloShard")]
public sealed record SiloShard([property: Id(0)] int Shard, [property: Id(1)] SliceRoot ParentRoot, [property: Id(2)] AccessListPart Changes);

/// <summary>Which shards have to come to a committed block.</summary>
/// <param name="Reload">Whether they forget what they hold in memory, and begin with what the store has.</param>
[GenerateSerializer, Immutable, Alias("Grid.SiloRecover")]
public sealed record SiloRecover([property: Id(0)] BlockAttempt Head, [property: Id(1)] int[] Shards, [property: Id(2)] bool Reload);

/// <summary>The shards' answers, in the order of the request.</summary>
[GenerateSerializer, Immutable, Alias("Grid.SiloApplied")]
public sealed record SiloApplied([property: Id(0)] ShardApplied[] Shards);

/// <summary>A committed block.</summary>
[GenerateSerializer, Immutable, Alias("Grid.BlockPublication")]
public sealed record BlockPublication([property: Id(0)] BlockAttempt Attempt, [property: Id(1)] BlockHeader Header);
