using Grid.Grains.Coordinator;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Primitives;

namespace Grid.Grains.Load;

/// <summary>What one grain type does on one silo.</summary>
/// <param name="GrainType">The grain class's name.</param>
/// <param name="Activations">Activations now.</param>
/// <param name="Turns">Turns since the silo started.</param>
/// <param name="Errors">Turns that threw.</param>
/// <param name="InTurn">Calls that have begun and not ended.</param>
/// <param name="BusyMs">Time from the begin to the end of all turns, waiting included, in milliseconds.</param>
/// <param name="LongestMs">The longest turn, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("Grid.GrainTypeReport")]
public sealed record GrainTypeReport(
    [property: Id(0)] string GrainType,
    [property: Id(1)] long Activations,
    [property: Id(2)] long Turns,
    [property: Id(3)] long Errors,
    [property: Id(4)] long InTurn,
    [property: Id(5)] double BusyMs,
    [property: Id(6)] double LongestMs);

/// <summary>One of the hottest accounts of a silo.</summary>
/// <param name="Touches">Transactions that were sent to it, as far as the sketch counted.</param>
/// <param name="Turns">Turns of its grain.</param>
/// <param name="BusyMs">Their time, in milliseconds.</param>
/// <param name="Bytes">Bytes of the changes that those turns carried.</param>
[GenerateSerializer, Immutable, Alias("Grid.HotAccountReport")]
public sealed record HotAccountReport(
    [property: Id(0)] Address Address, [property: Id(1)] long Touches, [property: Id(2)] long Turns, [property: Id(3)] double BusyMs, [property: Id(4)] long Bytes);

/// <summary>One of the places that the last blocks' transactions waited for each other at, on the silo that planned them.</summary>
/// <param name="Account">Whose slot or nonce it is.</param>
/// <param name="Slot">Null for the nonce.</param>
/// <param name="Blocks">Of the last blocks those in which it was so.</param>
/// <param name="Transactions">Transactions that changed it.</param>
/// <param name="Called">The contract that most of them call.</param>
/// <param name="Selector">The first four bytes of those calls' data.</param>
/// <param name="GasShare">The part of all those blocks' gas that they used, from 0 to 1.</param>
/// <param name="Advice">What would help.</param>
[GenerateSerializer, Immutable, Alias("Grid.ContendedPlaceReport")]
public sealed record ContendedPlaceReport(
    [property: Id(0)] Address Account, [property: Id(1)] UInt256? Slot, [property: Id(2)] int Blocks, [property: Id(3)] long Transactions,
    [property: Id(4)] Address? Called, [property: Id(5)] uint? Selector, [property: Id(6)] double GasShare, [property: Id(7)] ContentionAdvice Advice)
{
    public ContendedPlaceReport(ContendedPlace place, double gasShare, ContentionAdvice advice)
        : this(place.Account, place.Slot, place.Blocks, place.Transactions, place.Called, place.Selector, gasShare, advice)
    {
    }
}

/// <summary>The load of one silo.</summary>
/// <param name="Silo">Its address, as Orleans writes it.</param>
/// <param name="HeadNumber">The block up to which it has seen commits.</param>
/// <param name="Lanes">Its lane threads.</param>
/// <param name="LanesBusyMs">The time they have worked, in milliseconds.</param>
/// <param name="LaneQueue">Work items that wait for a lane.</param>
/// <param name="Name">What shards are pinned to.</param>
[GenerateSerializer, Immutable, Alias("Grid.SiloReport")]
public sealed record SiloReport(
    [property: Id(0)] string Silo,
    [property: Id(1)] ulong HeadNumber,
    [property: Id(2)] int[] Shards,
    [property: Id(3)] int Lanes,
    [property: Id(4)] double LanesBusyMs,
    [property: Id(5)] int LaneQueue,
    [property: Id(6)] GrainTypeReport[] GrainTypes,
    [property: Id(7)] HotAccountReport[] HottestAccounts,
    [property: Id(8)] long UptimeMs,
    [property: Id(9)] long AllocatedBytes,
    [property: Id(10)] long WorkingSetBytes,
    [property: Id(11)] ExecutionFigures Execution,
    [property: Id(12)] ContendedPlaceReport[] ContendedPlaces,
    [property: Id(13)] string Name);

/// <summary>The cluster: silos, pools added up, and the coordinator.</summary>
/// <param name="UnixMs">When it was made, in milliseconds since 1970.</param>
[GenerateSerializer, Immutable, Alias("Grid.ClusterReport")]
public sealed record ClusterReport(
    [property: Id(0)] long UnixMs,
    [property: Id(1)] SiloReport[] Silos,
    [property: Id(2)] PoolDescription Pool,
    [property: Id(3)] CoordinatorDescription Coordinator,
    [property: Id(4)] PinnedShards Pinned,
    [property: Id(5)] ShardMove[] Moves);

/// <summary>A shard whose move to another silo would help: see <see cref="MoveAdvice"/>.</summary>
/// <param name="Account">The contract that heats it.</param>
/// <param name="From">The name of the silo that has it.</param>
/// <param name="To">The name of the silo that should have it: what the shard is to be pinned to.</param>
/// <param name="Share">The part of the first silo's turns of hot accounts that would go with it, from 0 to 1.</param>
[GenerateSerializer, Immutable, Alias("Grid.ShardMove")]
public sealed record ShardMove([property: Id(0)] Address Account, [property: Id(1)] int Shard, [property: Id(2)] string From, [property: Id(3)] string To, [property: Id(4)] double Share);
