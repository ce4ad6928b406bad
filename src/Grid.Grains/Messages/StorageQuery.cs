using Grid.Primitives;

namespace Grid.Grains.Messages;

/// <summary>A run of all of an account's storage, in the order of the trie's keys.</summary>
/// <param name="Number">The block after which the state is meant.</param>
/// <param name="From">The lowest trie key, Keccak-256 of a slot, that is wanted.</param>
/// <param name="SlotsMax">The most slots of the answer; with fewer the storage ends.</param>
[GenerateSerializer, Immutable, Alias("Grid.StorageQuery")]
public sealed record StorageQuery(
    [property: Id(0)] ulong Number, [property: Id(1)] Address Address, [property: Id(2)] Hash256 From, [property: Id(3)] int SlotsMax);

/// <summary>Slots that aren't zero, by trie key, and their values.</summary>
[GenerateSerializer, Immutable, Alias("Grid.StoragePage")]
public sealed record StoragePage([property: Id(0)] Hash256[] Keys, [property: Id(1)] UInt256[] Values);
