using System.Collections.Frozen;
using System.Text.Json;

namespace Grid.Gateway.JsonRpc;

/// <summary>One request object, read (JSON-RPC 2.0, section 4): a method of the table, or the error that it gets.</summary>
internal readonly struct RpcCall
{
    private const int MethodNameMax = 100;

    private RpcCall(JsonElement id, RpcMethod? method, RpcParameters parameters, RpcError? error)
    {
        Id = id;
        Method = method;
        Parameters = parameters;
        Error = error;
    }

    /// <summary>Undefined for a notification, and where the request has no usable id.</summary>
    public JsonElement Id { get; }

    public RpcMethod? Method { get; }

    public RpcParameters Parameters { get; }

    public RpcError? Error { get; }

    /// <summary>A well-formed request without an id: it gets no answer, not even an error.</summary>
    public bool IsNotification { get; private init; }

    public static RpcCall Read(JsonElement request, FrozenDictionary<string, RpcMethod> methods)
    {
        var invalid = new RpcError(RpcErrorCode.InvalidRequest, "invalid request");
        if (request.ValueKind != JsonValueKind.Object)
        {
            return new RpcCall(default, null, default, invalid);
        }
        var hasId = request.TryGetProperty("id", out var id);
        if (hasId && id.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null))
        {
            return new RpcCall(default, null, default, invalid);
        }
        if (!request.TryGetProperty("jsonrpc", out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"u8)
            || !request.TryGetProperty("method", out var name) || name.ValueKind != JsonValueKind.String)
        {
            return new RpcCall(id, null, default, invalid);
        }
        return ReadMethod(id, name.GetString()!, request, methods) with { IsNotification = !hasId };
    }

    private static RpcCall ReadMethod(JsonElement id, string name, JsonElement request, FrozenDictionary<string, RpcMethod> methods)
    {
        if (!methods.TryGetValue(name, out var method))
        {
            var shown = name.Length > MethodNameMax ? name[..MethodNameMax] : name;
            return new RpcCall(id, null, default, RpcError.NoMethod(shown));
        }
        request.TryGetProperty("params", out var array);
        if (array.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            return new RpcCall(id, null, default, new RpcError(RpcErrorCode.InvalidParameters, "non-array args"));
        }
        var parameters = new RpcParameters(array);
        return parameters.Count <= method.ParametersMax
            ? new RpcCall(id, method, parameters, null)
            : new RpcCall(id, null, default, new RpcError(RpcErrorCode.InvalidParameters, $"too many arguments, want at most {method.ParametersMax}"));
    }
}
