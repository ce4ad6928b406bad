using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>An account of a genesis file's `alloc`.</summary>
/// <param name="Code">Null for none.</param>
/// <param name="Storage">Slots that aren't zero.</param>
public sealed record GenesisAccount(
    Address Address, UInt256 Balance, ulong Nonce = 0, Bytecode? Code = null, KeyValuePair<UInt256, UInt256>[]? Storage = null)
{
    /// <summary>The account as a change from nothing. An account without anything is in the state too, as in geth.</summary>
    public AccountChange ToAccountChange()
    {
        var slots = Storage is null ? [] : Array.ConvertAll(Storage, pair => new SlotChange(pair.Key, UInt256.Zero, pair.Value));
        var record = new AccountRecord(Nonce, Balance, Keccak256.OfEmptyString, Code?.Hash ?? Keccak256.OfEmpty);
        return new AccountChange(Address, null, record, StorageCleared: false, slots, Code);
    }
}
