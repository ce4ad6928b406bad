using Grid.Primitives;

namespace Grid.State;

/// <summary>A storage slot that isn't zero, by its key in the storage trie: Keccak-256 of the slot.</summary>
public readonly record struct HashedSlot(Hash256 Key, UInt256 Value);
