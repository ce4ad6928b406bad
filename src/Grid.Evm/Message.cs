using Grid.Primitives;

namespace Grid.Evm;

public enum MessageKind
{
    Call,
    Create,
}

/// <summary>
/// A message call or a creation at depth 0 (Yellow Paper, sections 7 and 8).
/// <para>
/// The caller, which is the transaction's executor, has done before: bought the gas and charged the intrinsic gas, incremented the sender's
/// nonce, checked that the sender can pay <see cref="Value"/>, processed authorizations (EIP-7702), and made warm the sender, the coinbase
/// (EIP-3651), the access list and the call's recipient. Precompiles count as warm without that.
/// </para>
/// <para>
/// The interpreter does: the snapshot and its revert on failure; moving the value; touching the recipient (EIP-161); loading
/// the recipient's code and following a delegation (EIP-7702, the target becomes warm and costs nothing here); for a creation the collision check
/// (EIP-684, EIP-7610), warming the new address, setting its nonce, running the initcode and charging for and storing the code.
/// </para>
/// </summary>
public readonly struct Message
{
    public required MessageKind Kind { get; init; }

    /// <summary>The sender.</summary>
    public required Address Caller { get; init; }

    /// <summary>Call: the recipient. Creation: the new account's address, from <see cref="ContractAddress.FromNonce"/>.</summary>
    public required Address To { get; init; }

    /// <summary>Wei.</summary>
    public UInt256 Value { get; init; }

    /// <summary>Call data, or the initcode of a creation. Must not change during execution.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>What the execution may spend, after the intrinsic gas.</summary>
    public required long Gas { get; init; }

    /// <summary>Whether state may not change (EIP-214), as for a call that is only asked.</summary>
    public bool IsStatic { get; init; }
}
