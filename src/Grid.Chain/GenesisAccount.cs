using Grid.Primitives;

namespace Grid.Chain;

/// <summary>An account of a genesis file's `alloc`.</summary>
/// <param name="Code">Null for none.</param>
/// <param name="Storage">Slots that aren't zero.</param>
public sealed record GenesisAccount(
    Address Address, UInt256 Balance, ulong Nonce = 0, Bytecode? Code = null, KeyValuePair<UInt256, UInt256>[]? Storage = null);
