namespace Grid.Gateway.JsonRpc;

/// <summary>The error codes of JSON-RPC 2.0 (section 5.1), and of Ethereum's clients.</summary>
internal static class RpcErrorCode
{
    public const int Parse = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParameters = -32602;
    public const int Internal = -32603;

    /// <summary>What the chain or the pool refuses.</summary>
    public const int Refused = -32000;

    /// <summary>EIP-1474: the resource isn't available now.</summary>
    public const int Unavailable = -32002;

    /// <summary>A batch whose answer has become too large (geth).</summary>
    public const int AnswerTooLarge = -32003;

    /// <summary>EIP-1474: a limit is exceeded.</summary>
    public const int LimitExceeded = -32005;

    /// <summary>A call that reverted; the data is what it reverted with (geth).</summary>
    public const int Reverted = 3;
}

/// <summary>What stands in the error member of an answer.</summary>
/// <param name="Data">Written as hexadecimal data where there is any.</param>
internal sealed record RpcError(int Code, string Message, byte[]? Data = null)
{
    public static RpcError InvalidArgument(int index, string why) => new(RpcErrorCode.InvalidParameters, $"invalid argument {index}: {why}");

    public static RpcError NoMethod(string name) => new(RpcErrorCode.MethodNotFound, $"the method {name} does not exist/is not available");

    public static RpcError Refused(string message) => new(RpcErrorCode.Refused, message);
}

/// <summary>Ends a call with an error.</summary>
internal sealed class RpcException(RpcError error) : Exception(error.Message)
{
    public RpcError Error { get; } = error;

    public RpcException(int code, string message)
        : this(new RpcError(code, message))
    {
    }
}
