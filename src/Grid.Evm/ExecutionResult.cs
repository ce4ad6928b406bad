using Grid.Primitives;

namespace Grid.Evm;

/// <summary>What a message at depth 0 led to. The state has been reverted to before the message unless it succeeded.</summary>
public readonly struct ExecutionResult
{
    public required Halt Halt { get; init; }

    /// <summary>Zero after an exceptional halt; what was left after success and after REVERT.</summary>
    public required long GasLeft { get; init; }

    /// <summary>
    /// The refund counter of SSTORE and SELFDESTRUCT, not yet capped (EIP-3529: a fifth of the gas used, is the executor's business).
    /// Zero unless the message succeeded.
    /// </summary>
    public long GasRefund { get; init; }

    /// <summary>Return data or revert data; for a creation that succeeded the code that was stored.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>The new account's address where a creation succeeded; zero otherwise.</summary>
    public Address CreatedAddress { get; init; }

    public bool IsSuccess => Halt.IsSuccess();
}
