using Grid.Grains.Lanes;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Accounts;

/// <summary>
/// One account: a contract's grain owns its code, its storage and its storage trie, and applies each block's changes of it in a
/// turn of its own. A plain account's grain is activated only when somebody asks it. Key: the address, `0x` and 40 lower-case digits.
/// </summary>
[Alias("Grid.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>
    /// Applies changes to the storage that has this root, and answers with the new one. The root names the version that the
    /// caller builds on, so a block that was never committed is rolled back by the next call that doesn't name it. Repeating a
    /// call gives the same answer. Null when the grain hasn't that version and the call doesn't bring it.
    /// </summary>
    [Alias("ApplyStorage")]
    Task<StorageApplied?> ApplyStorage(StorageApply apply);

    /// <summary>
    /// Executes transactions that mostly write this account's storage, on a lane, as a turn of this grain. Null when the caller is on
    /// another silo: the work can't be sent there.
    /// </summary>
    [Alias("Execute")]
    Task<AnchoredOutcome?> Execute(AnchoredWork work);

    /// <summary>Learns from calls of this contract what its calls access, and publishes the profile on this silo.</summary>
    [Alias("Learn")]
    Task<LessonOutcome> Learn(CallLesson lesson);

    /// <summary>The account after the head, and what its grain has done.</summary>
    [Alias("Describe")]
    Task<AccountDescription> Describe();
}

/// <summary>What a block changes in one account's storage.</summary>
/// <param name="Number">The block's height.</param>
/// <param name="ParentRoot">The storage root after the parent.</param>
/// <param name="Cleared">Whether all storage goes before the slots are set.</param>
/// <param name="Slots">In any order, each once; zero removes one.</param>
[GenerateSerializer, Immutable, Alias("Grid.StorageApply")]
public sealed record StorageApply(
    [property: Id(0)] ulong Number, [property: Id(1)] Hash256 ParentRoot, [property: Id(2)] bool Cleared, [property: Id(3)] ReadOnlyMemory<SlotChange> Slots)
{
    /// <summary>The parent's trie, where the caller is on the same silo and has it; not part of the message between silos.</summary>
    [field: NonSerialized]
    public MerkleTrie<SlotValue>? Parent { get; init; }

    /// <summary>Where nodes of the parent's trie come from that aren't in memory; as <see cref="Parent"/>.</summary>
    [field: NonSerialized]
    public INodeSource? Nodes { get; init; }
}

/// <summary>The storage after a block.</summary>
[GenerateSerializer, Immutable, Alias("Grid.StorageApplied")]
public sealed record StorageApplied([property: Id(0)] Hash256 Root)
{
    /// <summary>The trie, for a caller on the same silo; null for others.</summary>
    [field: NonSerialized]
    public MerkleTrie<SlotValue>? Trie { get; init; }
}

/// <summary>An account and its grain in figures.</summary>
/// <param name="Turns">Turns that changed its storage since the grain was activated.</param>
/// <param name="SlotsWritten">Slots that they wrote.</param>
/// <param name="StrandsExecuted">Turns that executed a strand.</param>
/// <param name="FunctionsKnown">Functions in its profile.</param>
[GenerateSerializer, Immutable, Alias("Grid.AccountDescription")]
public sealed record AccountDescription(
    [property: Id(0)] Address Address,
    [property: Id(1)] AccountRecord Record,
    [property: Id(2)] ulong BlockNumber,
    [property: Id(3)] int CodeLength,
    [property: Id(4)] long Turns,
    [property: Id(5)] long SlotsWritten,
    [property: Id(6)] long StrandsExecuted,
    [property: Id(7)] int FunctionsKnown);
