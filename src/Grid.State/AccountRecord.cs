using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State;

/// <summary>The leaf of the account trie (Yellow Paper, section 4.1): nonce, balance, storage root, code hash.</summary>
public readonly record struct AccountRecord(ulong Nonce, UInt256 Balance, Hash256 StorageRoot, Hash256 CodeHash)
{
    /// <summary>No nonce, no balance, no code, no storage.</summary>
    public static readonly AccountRecord Empty = new(0, UInt256.Zero, Keccak256.OfEmptyString, Keccak256.OfEmpty);

    /// <summary>EIP-161: no nonce, no balance, no code. Storage isn't asked.</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && !HasCode;

    public bool HasCode => CodeHash != Keccak256.OfEmpty;

    public bool HasStorage => StorageRoot != Keccak256.OfEmptyString;
}
