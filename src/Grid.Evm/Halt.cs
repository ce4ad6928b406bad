namespace Grid.Evm;

/// <summary>Why an execution ended.</summary>
public enum Halt : byte
{
    /// <summary>Running; never in a result.</summary>
    None,

    Stop,
    Return,
    SelfDestruct,

    /// <summary>State reverted, gas kept, output given (EIP-140).</summary>
    Revert,

    OutOfGas,
    StackUnderflow,
    StackOverflow,
    InvalidJump,

    /// <summary>The designated INVALID, 0xfe (EIP-141).</summary>
    InvalidOpcode,

    /// <summary>A byte that is no opcode at this fork.</summary>
    UndefinedOpcode,

    /// <summary>An attempt to change state inside a static call (EIP-214).</summary>
    StaticViolation,

    /// <summary>RETURNDATACOPY past the end (EIP-211).</summary>
    ReturnDataOutOfBounds,

    /// <summary>The address of a creation has code, a nonce or storage (EIP-684, EIP-7610).</summary>
    CreateCollision,

    /// <summary>Deployed code above 24,576 bytes (EIP-170).</summary>
    CodeTooLarge,

    /// <summary>Initcode above 49,152 bytes (EIP-3860).</summary>
    InitcodeTooLarge,

    /// <summary>Deployed code that begins with 0xef (EIP-3541).</summary>
    CodeStartsWithEf,

    /// <summary>A precompile refused its input.</summary>
    PrecompileFailure,

    /// <summary>State wasn't at hand. Ends the whole transaction; the world state knows what was missing.</summary>
    StateMiss,
}

public static class HaltExtensions
{
    public static bool IsSuccess(this Halt halt) => halt is Halt.Stop or Halt.Return or Halt.SelfDestruct;
}
