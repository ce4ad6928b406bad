using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Messages;

/// <summary>What a proof needs of some shards: the tops of their slices and, where the account is in one of them, the nodes on the way to it.</summary>
/// <param name="Number">The block after which the state is meant.</param>
/// <param name="Shards">Whose tops are wanted.</param>
/// <param name="Account">The account to prove; null where it is in none of these shards.</param>
/// <param name="Slots">The account's slots to prove.</param>
[GenerateSerializer, Immutable, Alias("Grid.ProofQuery")]
public sealed record ProofQuery(
    [property: Id(0)] ulong Number, [property: Id(1)] int[] Shards, [property: Id(2)] Address? Account, [property: Id(3)] UInt256[] Slots);

/// <summary>The answer to a <see cref="ProofQuery"/>.</summary>
/// <param name="Tops">In the order of the query's shards.</param>
/// <param name="Account">Null where the query names none.</param>
[GenerateSerializer, Immutable, Alias("Grid.SliceProofs")]
public sealed record SliceProofs([property: Id(0)] SliceRoot[] Tops, [property: Id(1)] AccountProof? Account);

/// <summary>An account as its slice proves it.</summary>
/// <param name="InSlice">Encoded nodes, as <see cref="StateShard.Prove"/> gives them.</param>
/// <param name="Record">Null where there is no account.</param>
/// <param name="Slots">In the order of the query's slots.</param>
[GenerateSerializer, Immutable, Alias("Grid.AccountProof")]
public sealed record AccountProof(
    [property: Id(0)] byte[][] InSlice, [property: Id(1)] AccountRecord? Record, [property: Id(2)] SlotProof[] Slots);

/// <summary>A storage slot and the encoded nodes from the account's storage root to it; none where the account has no storage.</summary>
[GenerateSerializer, Immutable, Alias("Grid.SlotProof")]
public sealed record SlotProof([property: Id(0)] UInt256 Slot, [property: Id(1)] UInt256 Value, [property: Id(2)] byte[][] Nodes);
