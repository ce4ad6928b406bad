using Grid.Chain;
using Grid.Grains.Messages;
using Grid.State;

namespace Grid.Grains.Shards;

/// <summary>Owns the records of the accounts of one shard and their slice of the account trie. Key: the shard's number.</summary>
[Alias("Grid.IStateShardGrain")]
public interface IStateShardGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Applies a try of a block on top of its parent: storage in the account grains' turns, then the records. What was applied
    /// by another try of the same height is dropped. Repeating a call gives the same answer.
    /// </summary>
    [Alias("Apply")]
    Task<ShardApplied> Apply(ShardApply apply);

    /// <summary>Brings the shard to a committed block, from the store and the journal if need be, and answers with its slice's root.</summary>
    /// <param name="reload">Whether it needs to be, because what the shards hold in memory together isn't the block's state.</param>
    [Alias("Recover")]
    Task<ShardApplied> Recover(BlockAttempt head, bool reload);

    /// <summary>Says whether the shard is on this silo; where it isn't, this activation ends, and the next one is made where the shard belongs now.</summary>
    /// <param name="silo">The silo's address as Orleans parses it.</param>
    [Alias("Settle")]
    Task<bool> Settle(string silo);

    /// <summary>Reads records, slots and code after a block that this shard still keeps; null when it doesn't.</summary>
    [Alias("Read"), Orleans.Concurrency.AlwaysInterleave]
    Task<StateValues?> Read(StateQuery query);

    /// <summary>Gives the slice's top after a block, and the nodes on the way to an account and its slots; null when this shard no longer keeps that state.</summary>
    [Alias("Prove"), Orleans.Concurrency.AlwaysInterleave]
    Task<SliceProofs?> Prove(ProofQuery query);

    /// <summary>Reads an account's whole storage after a block, run by run; null when this shard doesn't show that state.</summary>
    [Alias("ReadStorage"), Orleans.Concurrency.AlwaysInterleave]
    Task<StoragePage?> ReadStorage(StorageQuery query);
}

/// <summary>What a try of a block changes in one shard.</summary>
/// <param name="Attempt">The try.</param>
/// <param name="ParentRoot">The slice's root after the parent: what the shard must build on.</param>
/// <param name="Changes">The accounts of this shard that the block touches.</param>
[GenerateSerializer, Immutable, Alias("Grid.ShardApply")]
public sealed record ShardApply(
    [property: Id(0)] BlockAttempt Attempt, [property: Id(1)] SliceRoot ParentRoot, [property: Id(2)] AccessListPart Changes);

/// <summary>How a shard answers.</summary>
public enum ShardOutcome
{
    Applied,

    /// <summary>A coordinator with a higher fencing number was here, or the shard is past this height.</summary>
    Stale,

    /// <summary>The shard can't come to the parent that the call names.</summary>
    UnknownParent,
}

/// <summary>The slice's root after the try; the empty one unless it was applied.</summary>
[GenerateSerializer, Immutable, Alias("Grid.ShardApplied")]
public sealed record ShardApplied([property: Id(0)] ShardOutcome Outcome, [property: Id(1)] SliceRoot Root);
