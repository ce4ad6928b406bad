namespace Grid.Gateway.JsonRpc;

/// <summary>geth's sentences for calls that the EVM halted, by the halt's name.</summary>
internal static class HaltText
{
    public static string Of(string? halt) => halt switch
    {
        "OutOfGas" => "out of gas",
        "StackUnderflow" => "stack underflow",
        "StackOverflow" => "stack limit reached 1024",
        "InvalidJump" => "invalid jump destination",
        "InvalidOpcode" => "invalid opcode: INVALID",
        "UndefinedOpcode" => "invalid opcode",
        "StaticViolation" => "write protection",
        "ReturnDataOutOfBounds" => "return data out of bounds",
        "CreateCollision" => "contract address collision",
        "CodeTooLarge" => "max code size exceeded",
        "InitcodeTooLarge" => "max initcode size exceeded",
        "CodeStartsWithEf" => "invalid code: must not begin with 0xef",
        "PrecompileFailure" => "precompile failed",
        null => "execution failed",
        _ => $"execution failed: {halt}",
    };
}
